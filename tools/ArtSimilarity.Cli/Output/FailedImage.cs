namespace ArtSimilarity.Cli.Output;

internal sealed record FailedImage(string File, string Reason);
