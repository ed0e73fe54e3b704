using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Tuning;

/// <summary>Tunes the index of a gallery, whichever it is.</summary>
internal static class GalleryTuning
{
    /// <summary>Measures on the gallery's own signatures, and keeps the tuning with the gallery where it meets the demand.</summary>
    public static async Task<TuningReport<TTuning, TSettings>> RunAsync<TTuning, TSettings>(
        Gallery gallery,
        FeatureSpace? space,
        TunerOptions options,
        double? budgetMilliseconds,
        Func<VectorSet, TuningReport<TTuning, TSettings>> measure,
        CancellationToken cancellationToken)
        where TTuning : VectorIndexTuning
        where TSettings : struct
    {
        FeatureSpace tuned = space ?? (gallery.Extractors.Count > 0 ? gallery.Extractors[0].Space
            : throw new FeatureSpaceMismatchException("The gallery has no extractor: name the feature space to tune."));
        VectorSet vectors = await gallery.Store.ReadSignaturesAsync(tuned, cancellationToken: cancellationToken).ConfigureAwait(false);
        TuningReport<TTuning, TSettings> report = await Task.Run(() => measure(vectors), cancellationToken).ConfigureAwait(false);
        if (report.Judge(options.Quality, budgetMilliseconds) == TuningVerdict.Met)
        {
            await gallery.SetTuningAsync(report.Tuning, tuned, cancellationToken).ConfigureAwait(false);
        }

        return report;
    }
}
