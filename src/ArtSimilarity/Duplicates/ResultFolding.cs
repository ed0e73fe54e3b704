using ArtSimilarity.Features;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Duplicates;

/// <summary>Puts copies and digitisations of one work under one result of a search. Nothing is lost: they stay there, with their distances.</summary>
public static class ResultFolding
{
    /// <summary>
    /// Compares every result with those before it that look most like it, and puts it under the first one that it is a duplicate of. Results under another
    /// are not compared with later ones: a chain joins nothing.
    /// </summary>
    /// <param name="gallery">The gallery that was searched.</param>
    /// <param name="results">The results, the nearest first.</param>
    /// <param name="options">
    /// Which results may be duplicates: those whose signatures are no farther apart than <see cref="DuplicateOptions.MaxDistance"/>, and of these the
    /// <see cref="DuplicateOptions.MaxRank"/> nearest. <see cref="DuplicateOptions.Verifier"/> decides; without one, the signatures do.
    /// </param>
    /// <param name="space">The feature space to compare signatures in: one of whole images, of the gallery. A result without a signature in it stays alone.</param>
    /// <param name="count">How many results are wanted at most, at least 1; copies do not count.</param>
    /// <param name="cancellationToken">Cancels between two comparisons.</param>
    /// <returns>The results in their order, each with its copies. Copies are looked for among all results, however many are wanted.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static async Task<IReadOnlyList<FoldedResult>> FoldAsync(
        Gallery gallery,
        IReadOnlyList<SimilarPainting> results,
        DuplicateOptions options,
        FeatureSpace space,
        int count = int.MaxValue,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(space);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        List<(SimilarPainting Result, float[] Vector, List<SimilarPainting> Copies)> folded = [];
        foreach (SimilarPainting result in results)
        {
            float[] vector = (await gallery.Store.GetSignatureAsync(space, result.Painting.Key, cancellationToken).ConfigureAwait(false))?.Vector ?? [];
            IEnumerable<(List<SimilarPainting> Copies, Painting First)> candidates = vector.Length == 0 ? [] : folded
                .Where(first => first.Vector.Length > 0)
                .Select(first => (first.Copies, first.Result.Painting, Distance: gallery.Metric.Distance(first.Vector, vector)))
                .Where(first => first.Distance <= options.MaxDistance)
                .OrderBy(first => first.Distance)
                .Take(options.MaxRank)
                .Select(first => (first.Copies, first.Painting));
            List<SimilarPainting>? under = null;
            foreach ((List<SimilarPainting> copies, Painting first) in candidates)
            {
                if (options.Verifier is not IDuplicateVerifier verifier || (await verifier.VerifyAsync(first, result.Painting, cancellationToken).ConfigureAwait(false)).IsDuplicate)
                {
                    under = copies;
                    break;
                }
            }

            if (under is null)
            {
                folded.Add((result, vector, []));
            }
            else
            {
                under.Add(result);
            }
        }

        return [.. folded.Take(count).Select(each => new FoldedResult(each.Result, each.Copies))];
    }
}
