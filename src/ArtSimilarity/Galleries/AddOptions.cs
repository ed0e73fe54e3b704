using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>How works are added to a gallery.</summary>
public sealed class AddOptions
{
    /// <summary>What happens to what the gallery knows of a work that is added again.</summary>
    /// <value>The default is <see cref="CatalogueUpdate.Merge"/>: what is not given is kept.</value>
    public CatalogueUpdate Catalogue { get; set; } = CatalogueUpdate.Merge;

    /// <summary>
    /// Whether another picture, from another place, may take the place of the one that a work has. Where it may not, the work is a failure. A
    /// file that was changed where it lies is never one. Works with another picture are named in <see cref="AddReport.Replaced"/> in either case.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool ReplaceImages { get; set; } = true;

    /// <summary>
    /// The regions of each work that get signatures of their own beside the whole, in a feature space of their own (<see cref="RegionLayout.SpaceOf"/>).
    /// Images are decoded larger for them: so large that the smallest region has the size that the extractor looks at. <see cref="RegionLayout.Pooled"/>
    /// needs extractors that are <see cref="IFeatureMapExtractor"/>.
    /// </summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    public RegionLayout? Regions { get; set; }

    internal AddOptions CopyChecked()
    {
        if (!Enum.IsDefined(Catalogue))
        {
            throw new ArgumentOutOfRangeException(nameof(Catalogue), Catalogue, "Unknown way of updating the catalogue.");
        }

        return (AddOptions)MemberwiseClone();
    }
}
