using ArtSimilarity.CommandLine;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>A feature space of a gallery that holds regions of works.</summary>
/// <param name="Model">The model of the space of whole images, or that space's name where no model is known.</param>
/// <param name="Whole">The feature space of whole images.</param>
/// <param name="Layout">Which regions there are.</param>
/// <param name="Summary">The feature space of the regions.</param>
internal sealed record RegionSpace(string Model, FeatureSpace Whole, RegionLayout Layout, FeatureSpaceSummary Summary)
{
    /// <summary>How many works have regions: each has a signature of every one.</summary>
    public int Works => Summary.Count / Layout.Regions.Count;

    /// <summary>What a person calls it.</summary>
    public string Name => $"{Model}, {(Layout.IsPooled ? "pooled regions" : "regions")} {Layout.Name}";

    /// <summary>The spaces of regions that a gallery has. Of one whose layout is not known it is told that it is passed over.</summary>
    public static async Task<IReadOnlyList<RegionSpace>> ListAsync(CliConsole console, IGalleryStore store, IReadOnlyList<GalleryModel> models, CancellationToken cancellationToken)
    {
        List<RegionSpace> found = [];
        foreach (FeatureSpaceSummary summary in (await store.GetFeatureSpacesAsync(cancellationToken)).Where(summary => RegionLayout.IsOfRegions(summary.Space)))
        {
            if (!RegionLayout.TryParse(summary.Space, out RegionLayout? layout, out FeatureSpace? whole))
            {
                console.Warn($"{summary.Space} is of regions in a layout that this version does not know; it is passed over.");
                continue;
            }

            GalleryModel? model = models.FirstOrDefault(model => model.Space == whole);
            found.Add(new RegionSpace(model is null ? whole.ToString() : model.IsKnown ? model.Origin.Reference : model.Name, whole, layout, summary));
        }

        return found;
    }
}
