using ArtSimilarity.Galleries;

namespace ArtSimilarity.Duplicates;

/// <summary>Puts copies and digitisations of one work under one result of a search. Nothing is lost: they stay there, with their distances.</summary>
public static class ResultFolding
{
    /// <summary>
    /// Compares every result with those before it, and puts it under the first one that it is a duplicate of. Results under another are not compared with
    /// later ones: a chain joins nothing.
    /// </summary>
    /// <param name="results">The results, the nearest first.</param>
    /// <param name="verifier">Says which are duplicates.</param>
    /// <param name="count">How many results are wanted at most, at least 1; copies do not count.</param>
    /// <param name="cancellationToken">Cancels between two comparisons.</param>
    /// <returns>The results in their order, each with its copies. Copies are looked for among all results, however many are wanted.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static async Task<IReadOnlyList<FoldedResult>> FoldAsync(
        IReadOnlyList<SimilarPainting> results, IDuplicateVerifier verifier, int count = int.MaxValue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(verifier);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        List<(SimilarPainting First, List<SimilarPainting> Copies)> folded = [];
        foreach (SimilarPainting result in results)
        {
            List<SimilarPainting>? copies = null;
            foreach ((SimilarPainting first, List<SimilarPainting> ofFirst) in folded)
            {
                if ((await verifier.VerifyAsync(first.Painting, result.Painting, cancellationToken).ConfigureAwait(false)).IsDuplicate)
                {
                    copies = ofFirst;
                    break;
                }
            }

            if (copies is null)
            {
                folded.Add((result, []));
            }
            else
            {
                copies.Add(result);
            }
        }

        return [.. folded.Take(count).Select(each => new FoldedResult(each.First, each.Copies))];
    }
}
