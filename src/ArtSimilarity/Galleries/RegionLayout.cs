using ArtSimilarity.Features;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>
/// Which regions of a work have signatures of their own, so that details are found. They live in a feature space of their own, which is named after
/// that of the whole image. Searches of whole images are untouched by it. Never changes.
/// </summary>
public sealed class RegionLayout
{
    private const string Mark = "; regions ";

    private RegionLayout(string name, IReadOnlyList<ImageRegion> regions) => (Name, Regions) = (name, regions);

    /// <summary>
    /// 35 regions: the whole, 3×3 windows of half the width and height, and 5×5 windows of a third of both. Neighbouring windows of a size overlap by half.
    /// A detail of a quarter or a ninth of the area is thus never far from a window of its size.
    /// </summary>
    public static RegionLayout Default { get; } = new("1+9+25", [new ImageRegion(0, 0, 1, 1), .. Windows(2), .. Windows(3)]);

    /// <summary>What the layout is called in the name of a feature space.</summary>
    public string Name { get; }

    /// <summary>The regions.</summary>
    public IReadOnlyList<ImageRegion> Regions { get; }

    /// <summary>How many times the width and height of the smallest region the whole has.</summary>
    internal double Magnification => 1 / Regions.Min(region => Math.Min(region.Width, region.Height));

    /// <summary>Whether a feature space holds signatures of regions.</summary>
    /// <param name="space">The feature space.</param>
    /// <returns>Whether it is one that a layout names.</returns>
    public static bool IsOfRegions(FeatureSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return space.Preprocessing.Contains(Mark, StringComparison.Ordinal);
    }

    /// <summary>The feature space that the regions' signatures live in.</summary>
    /// <param name="whole">The feature space of whole images.</param>
    /// <returns>A space of the same model and dimensions.</returns>
    public FeatureSpace SpaceOf(FeatureSpace whole)
    {
        ArgumentNullException.ThrowIfNull(whole);
        return new FeatureSpace(whole.ModelId, whole.Preprocessing + Mark + Name, whole.Dimensions);
    }

    /// <summary>Windows of a part of each side, in steps of half of that, row by row.</summary>
    private static IEnumerable<ImageRegion> Windows(int parts)
    {
        int steps = (2 * parts) - 1;
        for (int row = 0; row < steps; row++)
        {
            for (int column = 0; column < steps; column++)
            {
                yield return new ImageRegion(column / (2.0 * parts), row / (2.0 * parts), 1.0 / parts, 1.0 / parts);
            }
        }
    }
}
