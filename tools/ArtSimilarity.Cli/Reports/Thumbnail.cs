namespace ArtSimilarity.Cli.Reports;

/// <summary>A small copy of a picture that a page can carry inside itself.</summary>
internal sealed record Thumbnail(string DataUri, int Width, int Height);
