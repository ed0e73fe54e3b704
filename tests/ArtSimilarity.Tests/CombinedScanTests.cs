using ArtSimilarity.Conformance;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Tests;

/// <summary>Several spaces at once by exact scans, in memory.</summary>
public sealed class CombinedScanTests : CombinedSearchConformance
{
    protected override IGalleryStore CreateStore() => new InMemoryGalleryStore();
}
