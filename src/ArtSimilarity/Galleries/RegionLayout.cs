using System.Diagnostics.CodeAnalysis;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>
/// Which regions of a work have signatures of their own, so that details are found. They live in a feature space of their own, which is named after
/// that of the whole image. Searches of whole images are untouched by it. Never changes.
/// </summary>
public sealed class RegionLayout
{
    private const string CutMark = "; regions ", PooledMark = "; pooled regions ";

    private RegionLayout(string name, IReadOnlyList<ImageRegion> regions, bool isPooled) => (Name, Regions, IsPooled) = (name, regions, isPooled);

    /// <summary>
    /// 66 regions, each cut out of the image and extracted by itself: the whole, 4×4 windows of half the width and height, and 7×7 windows of a third of
    /// both. Neighbouring windows of a size overlap by two thirds. A detail of a quarter or a ninth of the area is thus never far from a window of its size.
    /// </summary>
    public static RegionLayout Default { get; } = new("1+16+49", [new ImageRegion(0, 0, 1, 1), .. Windows(2), .. Windows(3)], isPooled: false);

    /// <summary>
    /// The regions of <see cref="Default"/>, averaged from feature maps: one run of the model for each size of window, which takes about a third of
    /// the time. Details are found less often, and their places less well: see <c>benchmarks/results/wild.md</c>.
    /// </summary>
    /// <remarks>Needs an extractor that is an <see cref="IFeatureMapExtractor"/>, and a model that has a feature map.</remarks>
    public static RegionLayout Pooled { get; } = new(Default.Name, Default.Regions, isPooled: true);

    /// <summary>What the layout is called in the name of a feature space.</summary>
    public string Name { get; }

    /// <summary>The regions.</summary>
    public IReadOnlyList<ImageRegion> Regions { get; }

    /// <summary>Whether the signatures are averages over feature maps, rather than those of parts cut out of the image.</summary>
    public bool IsPooled { get; }

    /// <summary>What stands behind the preprocessing of whole images in the name of a feature space.</summary>
    private string Mark => (IsPooled ? PooledMark : CutMark) + Name;

    /// <summary>How many times the width and height of the smallest region the whole has.</summary>
    internal double Magnification => 1 / Regions.Min(region => Math.Min(region.Width, region.Height));

    /// <summary>Whether a feature space holds signatures of regions.</summary>
    /// <param name="space">The feature space.</param>
    /// <returns>Whether it is one that a layout names.</returns>
    public static bool IsOfRegions(FeatureSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return space.Preprocessing.Contains(CutMark, StringComparison.Ordinal) || space.Preprocessing.Contains(PooledMark, StringComparison.Ordinal);
    }

    /// <summary>What a feature space of regions says of itself.</summary>
    /// <param name="space">The feature space.</param>
    /// <param name="layout">Its layout; <see langword="null"/> where it is none of regions, or of a layout that is not known.</param>
    /// <param name="whole">The feature space of whole images that it belongs to; <see langword="null"/> with the layout.</param>
    /// <returns>Whether the layout is known.</returns>
    public static bool TryParse(FeatureSpace space, [NotNullWhen(true)] out RegionLayout? layout, [NotNullWhen(true)] out FeatureSpace? whole)
    {
        ArgumentNullException.ThrowIfNull(space);
        layout = Array.Find([Default, Pooled], known => space.Preprocessing.EndsWith(known.Mark, StringComparison.Ordinal));
        whole = layout is null ? null : new FeatureSpace(space.ModelId, space.Preprocessing[..^layout.Mark.Length], space.Dimensions);
        return layout is not null;
    }

    /// <summary>The feature space that the regions' signatures live in.</summary>
    /// <param name="whole">The feature space of whole images.</param>
    /// <returns>A space of the same model and dimensions.</returns>
    public FeatureSpace SpaceOf(FeatureSpace whole)
    {
        ArgumentNullException.ThrowIfNull(whole);
        return new FeatureSpace(whole.ModelId, whole.Preprocessing + Mark, whole.Dimensions);
    }

    /// <summary>Windows of a part of each side, in steps of a third of that, row by row.</summary>
    private static IEnumerable<ImageRegion> Windows(int parts)
    {
        int steps = (3 * (parts - 1)) + 1;
        for (int row = 0; row < steps; row++)
        {
            for (int column = 0; column < steps; column++)
            {
                yield return new ImageRegion(column / (3.0 * parts), row / (3.0 * parts), 1.0 / parts, 1.0 / parts);
            }
        }
    }
}
