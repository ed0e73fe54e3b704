using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>Keeps an index open while a search uses it.</summary>
internal sealed class IndexLease(GalleryIndex owner) : IDisposable
{
    /// <summary>The number of vectors that can be found.</summary>
    public int Count => owner.Index.Count;

    /// <summary>Whether an answer of this quality is exact.</summary>
    public bool IsExact(double? quality) => owner.IsExact || quality == 1;

    /// <summary>Whether the index can be searched by a demanded quality; an exact one satisfies any.</summary>
    public bool CanSearch(double? quality) => quality is null || owner.IsExact || owner.Index is ITunableVectorIndex;

    public ArraySegment<Neighbor> Search(ReadOnlySpan<float> query, int k, IdSet? filter, double? quality, CancellationToken cancellationToken)
    {
        var results = new Neighbor[Math.Min(k, owner.Index.Count)];
        cancellationToken.ThrowIfCancellationRequested();
        int found = owner.Index switch
        {
            FlatIndex flat => flat.SearchUntilCancelled(query, results, filter, cancellationToken),
            ITunableVectorIndex tunable when quality is double demanded => tunable.Search(query, results, filter, demanded),
            ILocalVectorIndex index => index.Search(query, results, filter),
        };
        return new ArraySegment<Neighbor>(results, 0, found);
    }

    /// <summary>
    /// The distances of all that a filter allows, at their best and in no certain order. What was added after the room for the
    /// results was measured may be missing.
    /// </summary>
    /// <returns>How many were written.</returns>
    public int Compare(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter, CancellationToken cancellationToken) => owner.Index switch
    {
        FlatIndex flat => flat.Compare(query, results, filter, cancellationToken),
        ITunableVectorIndex tunable => tunable.Search(query, results, filter, 1),
        ILocalVectorIndex index => index.Search(query, results, filter), // returns fewer than there is room for only when fewer exist
    };

    public void Dispose() => owner.Release();
}
