using ArtSimilarity.Galleries;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Tests;

public sealed class InMemoryGalleryStoreTests : GalleryStoreConformance
{
    protected override IGalleryStore Create() => new InMemoryGalleryStore();
}
