using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Output;

internal sealed record InfoDocument(string Gallery, long Bytes, int Works, string Model, IReadOnlyList<InfoDocument.SpaceFigures> Spaces)
{
    public sealed record SpaceFigures(string? Model, string ModelId, string Preprocessing, int Dimensions, int Signatures, TuningFigures? Tuning, OriginFigures Origin);

    /// <summary>What makes the signatures: the model, its file, the file's SHA-256 and where it came from, as far as the gallery remembers.</summary>
    public sealed record OriginFigures(string Name, string? Path, string? Sha256, string? Source)
    {
        public static OriginFigures From(ModelOrigin origin) => new(origin.Name, origin.Path, origin.Sha256, origin.Source);
    }

    /// <summary>What is known of the tuning kept for a feature space.</summary>
    public sealed record TuningFigures(int Works, int MaxK, double Grown);
}
