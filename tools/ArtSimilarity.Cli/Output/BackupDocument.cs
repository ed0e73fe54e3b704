namespace ArtSimilarity.Cli.Output;

internal sealed record BackupDocument(string Gallery, string Copy, long Bytes, double Seconds);
