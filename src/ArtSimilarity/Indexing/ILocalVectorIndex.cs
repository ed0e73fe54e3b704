namespace ArtSimilarity.Indexing;

/// <summary>A vector index in this process: synchronous, and searched without allocating.</summary>
public interface ILocalVectorIndex : IVectorIndex, IDisposable
{
    /// <inheritdoc cref="IVectorIndex.AddAsync"/>
    void Add(ReadOnlySpan<int> ids, ReadOnlySpan<float> vectors);

    /// <inheritdoc cref="IVectorIndex.RemoveAsync"/>
    int Remove(ReadOnlySpan<int> ids);

    /// <summary>Finds the vectors nearest to a query.</summary>
    /// <param name="query">A vector of <see cref="IVectorIndex.Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="filter">The ids that may be returned; <see langword="null"/> allows all.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer exist.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    int Search(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter = null);

    /// <inheritdoc/>
    ValueTask IVectorIndex.AddAsync(ReadOnlyMemory<int> ids, ReadOnlyMemory<float> vectors, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Add(ids.Span, vectors.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    ValueTask<int> IVectorIndex.RemoveAsync(ReadOnlyMemory<int> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Remove(ids.Span));
    }

    /// <inheritdoc/>
    ValueTask<IReadOnlyList<Neighbor>> IVectorIndex.SearchAsync(ReadOnlyMemory<float> query, int k, IdSet? filter, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        var results = new Neighbor[Math.Min(k, Count)];
        int found = Search(query.Span, results, filter);
        return ValueTask.FromResult<IReadOnlyList<Neighbor>>(found == results.Length ? results : results[..found]);
    }
}
