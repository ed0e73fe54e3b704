namespace ArtSimilarity.Cli.Reports;

/// <summary>What a report says.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Lead">A sentence or two below it.</param>
/// <param name="Rows">The queries and their neighbours.</param>
/// <param name="Facts">How it was made.</param>
internal sealed record ReportPage(string Title, string Lead, IReadOnlyList<ReportRow> Rows, IReadOnlyList<ReportFact> Facts);
