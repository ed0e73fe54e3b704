using ArtSimilarity.Metrics;

namespace ArtSimilarity.Indexing;

/// <summary>
/// Vectors under integer ids, searchable for the nearest to a query. It is built once and never changes. It may lie in this process or
/// in a server.
/// </summary>
/// <remarks>
/// <para>
/// Vectors that come and go after the build are no concern of an index. A gallery searches new ones beside it, and gives the ids of
/// removed ones with every search (<see cref="VectorSearchOptions.Excluded"/>).
/// </para>
/// <para>
/// Safe to search from several threads at once. An index in this process computes on the calling thread, and its tasks are complete
/// when the call returns. It allocates nothing once its buffers have grown, if <see cref="VectorSearchOptions.Excluded"/> is frozen.
/// A search that runs while the index is disposed either ends with its answer or throws <see cref="ObjectDisposedException"/>.
/// </para>
/// </remarks>
public interface IVectorIndex : IAsyncDisposable
{
    /// <summary>The number of vectors the index was built over.</summary>
    int Count { get; }

    /// <summary>The length of every vector.</summary>
    int Dimensions { get; }

    /// <summary>The metric neighbours are ordered by.</summary>
    ISimilarityMetric Metric { get; }

    /// <summary>How near the answers come to the true neighbours, and whether a search can say how near.</summary>
    VectorIndexAccuracy Accuracy { get; }

    /// <summary>The measured settings that searches go by to reach a quality.</summary>
    /// <value><see langword="null"/>, the default: those the index was built with. Searches that are under way end with the former.</value>
    /// <exception cref="ArgumentException">It is of another kind of index, or was measured on an index that does not fit; what was set before stays.</exception>
    /// <exception cref="NotSupportedException">The index has nothing to tune: its <see cref="Accuracy"/> is not <see cref="VectorIndexAccuracy.Adjustable"/>.</exception>
    VectorIndexTuning? Tuning
    {
        get => null;
        set => throw new NotSupportedException("The index cannot be tuned.");
    }

    /// <summary>Finds the vectors nearest to a query.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers; not changed before the task has ended.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="options">What may be returned, and how near to the truth the answer has to be.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer may be returned.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="VectorSearchOptions.Quality"/> is not above 0 and at most 1.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    ValueTask<int> SearchAsync(
        ReadOnlyMemory<float> query, Memory<Neighbor> results, VectorSearchOptions options = default, CancellationToken cancellationToken = default);
}
