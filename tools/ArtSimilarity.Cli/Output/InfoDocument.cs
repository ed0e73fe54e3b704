using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Output;

internal sealed record InfoDocument(string Gallery, long Bytes, int Works, string Model, IReadOnlyList<InfoDocument.SpaceFigures> Spaces, IReadOnlyList<InfoDocument.RegionFigures> Regions)
{
    public sealed record SpaceFigures(string? Model, string ModelId, string Preprocessing, int Dimensions, int Signatures, TuningFigures? Tuning, OriginFigures Origin);

    /// <summary>What makes the signatures: the model, its file, the file's SHA-256 and where it came from, as far as the gallery remembers.</summary>
    /// <param name="Name">The model's name.</param>
    /// <param name="Path">Its file.</param>
    /// <param name="Sha256">The file's SHA-256.</param>
    /// <param name="Source">Where the file came from.</param>
    /// <param name="Grey">Whether it sees pictures without their colours.</param>
    public sealed record OriginFigures(string Name, string? Path, string? Sha256, string? Source, bool Grey)
    {
        public static OriginFigures From(ModelOrigin origin) => new(origin.Name, origin.Path, origin.Sha256, origin.Source, origin.IsGrey);
    }

    /// <param name="Model">The model of the feature space of whole images, or its name where no model is known.</param>
    /// <param name="Layout">The layout: how many regions there are of each size.</param>
    /// <param name="Pooled">Whether the signatures are averages over feature maps.</param>
    /// <param name="Works">How many works have regions.</param>
    /// <param name="Signatures">How many signatures these have.</param>
    public sealed record RegionFigures(string Model, string Layout, bool Pooled, int Works, int Signatures);

    /// <summary>What is known of the tuning kept for a feature space.</summary>
    public sealed record TuningFigures(int Works, int MaxK, double Grown);
}
