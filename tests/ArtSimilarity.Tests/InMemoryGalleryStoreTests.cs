using ArtSimilarity.Conformance;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Tests;

public sealed class InMemoryGalleryStoreTests : GalleryStoreConformance
{
    protected override IGalleryStore Create() => new InMemoryGalleryStore();
}
