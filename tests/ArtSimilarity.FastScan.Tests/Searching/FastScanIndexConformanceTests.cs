using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Testing;

namespace ArtSimilarity.FastScan.Tests.Searching;

public sealed class FastScanIndexConformanceTests : VectorIndexConformance
{
    protected override IReadOnlyList<ISimilarityMetric> Metrics => [SimilarityMetrics.Angular];

    protected override bool IsExact => false;

    protected override IVectorIndex Create(VectorSet vectors, ISimilarityMetric metric) =>
        new FastScanIndexProvider().Build(vectors, metric, path: null, stamp: "");
}
