using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Tests;

/// <summary>Several spaces at once through indexes that pass for approximate ones and err in nothing: the answer must be exact too.</summary>
public sealed class CombinedIndexTests : CombinedSearchConformance
{
    protected override IGalleryStore CreateStore() => new InMemoryGalleryStore();

    protected override IVectorIndexProvider CreateProvider() => new FakeIndexProvider();
}
