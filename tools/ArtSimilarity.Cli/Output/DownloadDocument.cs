namespace ArtSimilarity.Cli.Output;

internal sealed record DownloadDocument(string Name, string Path, double Seconds);
