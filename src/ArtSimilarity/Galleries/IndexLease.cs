using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>Keeps an index open while a search uses it.</summary>
internal sealed class IndexLease(GalleryIndex owner) : IDisposable
{
    public IVectorIndex Index => owner.Index;

    public bool IsExact => owner.IsExact;

    public void Dispose() => owner.Release();
}
