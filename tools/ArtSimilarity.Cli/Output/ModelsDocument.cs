namespace ArtSimilarity.Cli.Output;

internal sealed record ModelsDocument(string Cache, IReadOnlyList<ModelsDocument.ModelFigures> Models)
{
    public sealed record ModelFigures(string Name, string Description, int Dimensions, long Bytes, string? License, bool Cached, string? Path);
}
