namespace ArtSimilarity.Cli.Reports;

/// <summary>One line of how a report was made.</summary>
internal sealed record ReportFact(string Name, string Value);
