using ArtSimilarity.Features;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>A feature space that <c>--space</c> names, and how much it counts.</summary>
/// <param name="Model">The space and its model.</param>
/// <param name="Weight">How much it counts.</param>
internal sealed record NamedSpace(GalleryModel Model, double Weight)
{
    public string Name => Model.Name;

    public FeatureSpace Space => Model.Space;
}
