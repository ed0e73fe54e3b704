namespace ArtSimilarity.Cli.Output;

internal sealed record DemoDocument(
    string Report, string Gallery, string? Metadata, int Indexed, int Skipped, IReadOnlyList<FailedImage> Failed, string Model, int Dimensions, IReadOnlyList<string> Queries, double Seconds);
