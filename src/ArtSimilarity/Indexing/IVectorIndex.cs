using ArtSimilarity.Metrics;

namespace ArtSimilarity.Indexing;

/// <summary>Vectors under integer ids, searchable for the nearest to a query. In this process or elsewhere.</summary>
/// <remarks>
/// Searching, adding and removing from several threads at once is safe; a search sees each vector either wholly or not at all.
/// Ids are given by the caller: 0 or above, each at most once. All numbers must be finite: NaN and infinity are refused.
/// </remarks>
public interface IVectorIndex
{
    /// <summary>The number of vectors that can be found.</summary>
    int Count { get; }

    /// <summary>The length of every vector.</summary>
    int Dimensions { get; }

    /// <summary>The metric neighbours are ordered by.</summary>
    ISimilarityMetric Metric { get; }

    /// <summary>Adds vectors. Either all of them are added or, on an exception, none.</summary>
    /// <param name="ids">One id per vector, not present yet.</param>
    /// <param name="vectors">One vector after the other: <c>ids.Length × Dimensions</c> numbers.</param>
    /// <param name="cancellationToken">Cancels before anything is added.</param>
    /// <returns>A task that ends when the vectors can be found.</returns>
    /// <exception cref="ArgumentException">A length does not fit, a number is not finite, or an id is negative or present already.</exception>
    ValueTask AddAsync(ReadOnlyMemory<int> ids, ReadOnlyMemory<float> vectors, CancellationToken cancellationToken = default);

    /// <summary>Removes vectors. Ids that are not present are passed over.</summary>
    /// <param name="ids">The ids to remove.</param>
    /// <param name="cancellationToken">Cancels before anything is removed.</param>
    /// <returns>The number of vectors that were removed.</returns>
    ValueTask<int> RemoveAsync(ReadOnlyMemory<int> ids, CancellationToken cancellationToken = default);

    /// <summary>Finds the vectors nearest to a query.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="k">How many neighbours to return, at least 0; fewer come back only when fewer exist.</param>
    /// <param name="filter">The ids that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The neighbours, nearest first; equal distances by ascending id.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    ValueTask<IReadOnlyList<Neighbor>> SearchAsync(
        ReadOnlyMemory<float> query, int k, IdSet? filter = null, CancellationToken cancellationToken = default);
}
