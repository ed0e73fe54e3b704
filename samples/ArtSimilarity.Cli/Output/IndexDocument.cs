namespace ArtSimilarity.Cli.Output;

internal sealed record IndexDocument(int Indexed, int Skipped, IReadOnlyList<FailedImage> Failed, string Model, int Dimensions, double Seconds);
