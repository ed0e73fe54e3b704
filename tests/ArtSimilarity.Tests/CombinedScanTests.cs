using ArtSimilarity.Galleries;
using ArtSimilarity.Metrics;
using ArtSimilarity.Testing;
using ArtSimilarity.Tests.OwnMetrics;

namespace ArtSimilarity.Tests;

/// <summary>Several spaces at once by exact scans, in memory.</summary>
public sealed class CombinedScanTests : CombinedSearchConformance
{
    protected override IReadOnlyList<ISimilarityMetric> Metrics { get; } = [.. SimilarityMetrics.All, .. OwnMetricTests.All];

    protected override IGalleryStore CreateStore() => new InMemoryGalleryStore();
}
