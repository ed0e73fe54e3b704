using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Tuning;

namespace ArtSimilarity.Annoy;

/// <summary>Tunes the index of a gallery to its own works.</summary>
public static class AnnoyGalleryExtensions
{
    /// <summary>
    /// Draws works of a gallery as queries, measures how quality and time of a search depend on its settings, and keeps the measurements with
    /// the gallery where they meet the demand. Searches with <see cref="GallerySearchOptions.Quality"/> go by them from then on.
    /// </summary>
    /// <remarks>Takes seconds for ten thousand works, on every core; the caller's thread is not used. Let the machine have nothing else to do.</remarks>
    /// <param name="gallery">The gallery; its index is of this package.</param>
    /// <param name="space">The feature space; <see langword="null"/> takes that of the gallery's first extractor.</param>
    /// <param name="options">What to measure, with the quality to reach; <see langword="null"/> takes the defaults.</param>
    /// <param name="budgetMilliseconds">How long a search may take, in milliseconds on one thread; <see langword="null"/> for any time.</param>
    /// <param name="progress">Told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Cancels the work; nothing is kept then.</param>
    /// <returns>
    /// The measurements. They are kept only where <see cref="TuningReport{TTuning, TSettings}.Judge"/> says <see cref="TuningVerdict.Met"/> of the quality and
    /// the budget.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">The gallery has too few works: besides the queries fewer than these, or not more than k.</exception>
    /// <exception cref="FeatureSpaceMismatchException">The gallery has no signatures in the feature space, or it has no extractor and none is named.</exception>
    /// <exception cref="InvalidOperationException">The gallery has no approximate index.</exception>
    /// <exception cref="FormatException">The gallery's index is of another package.</exception>
    public static Task<TuningReport<AnnoyTuning, AnnoySearchSettings>> TuneAnnoyAsync(
        this Gallery gallery,
        FeatureSpace? space = null,
        AnnoyTunerOptions? options = null,
        double? budgetMilliseconds = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        options ??= new AnnoyTunerOptions();
        return GalleryTuning.RunAsync(
            gallery, space, options, budgetMilliseconds, vectors => AnnoyTuner.Measure(vectors, options, progress, cancellationToken), cancellationToken);
    }
}
