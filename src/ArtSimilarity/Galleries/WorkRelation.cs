using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>How two works of a gallery stand to each other, as numbers that can be cited.</summary>
/// <param name="Distance">Their distance.</param>
/// <param name="Similarity">Their similarity.</param>
/// <param name="RankOfSecond">
/// The place of the second among the neighbours of the first, from 1 on; <see langword="null"/> beyond <see cref="ResultStatistics.MaxReverseRank"/>.
/// </param>
/// <param name="RankOfFirst">The same the other way round.</param>
public sealed record WorkRelation(float Distance, float Similarity, int? RankOfSecond, int? RankOfFirst)
{
    /// <summary>Compares two works. Nothing about it is approximate.</summary>
    /// <param name="gallery">The gallery.</param>
    /// <param name="first">The key of a work.</param>
    /// <param name="second">The key of another.</param>
    /// <param name="space">The feature space; <see langword="null"/> for the gallery's default.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The relation.</returns>
    /// <exception cref="PaintingNotFoundException">A work is not in the gallery, or has no signature in the space.</exception>
    /// <exception cref="ArgumentException">The two keys are the same.</exception>
    public static async Task<WorkRelation> FindAsync(Gallery gallery, string first, string second, FeatureSpace? space = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first == second)
        {
            throw new ArgumentException("A work has no relation to itself.", nameof(second));
        }

        // A filter that lets one work pass gives its distance. The rank looking back counts the whole gallery, so it is asked for from both sides.
        SimilarPainting there = await SearchAsync(gallery, first, second, space, cancellationToken).ConfigureAwait(false);
        SimilarPainting back = await SearchAsync(gallery, second, first, space, cancellationToken).ConfigureAwait(false);
        return new WorkRelation(there.Distance, there.Similarity, back.Statistics!.ReverseRank, there.Statistics!.ReverseRank);
    }

    private static async Task<SimilarPainting> SearchAsync(Gallery gallery, string from, string to, FeatureSpace? space, CancellationToken cancellationToken)
    {
        var options = new GallerySearchOptions
        {
            Spaces = space is null ? null : [space],
            Filter = new PaintingFilter { Keys = [to] },
            IncludeStatistics = true,
            Quality = 1,
        };
        GallerySearchResult found = await gallery.SearchByKeyAsync(from, 1, options, cancellationToken).ConfigureAwait(false);
        return found.Results is [SimilarPainting result] ? result : throw new PaintingNotFoundException($"The gallery has no signature of the work '{to}' in the feature space.");
    }
}
