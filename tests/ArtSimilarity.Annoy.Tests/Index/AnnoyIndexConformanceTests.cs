using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Annoy.Tests.Index;

public sealed class AnnoyIndexConformanceTests : VectorIndexConformance
{
    protected override IReadOnlyList<ISimilarityMetric> Metrics => [SimilarityMetrics.Angular];

    protected override bool IsExact => false;

    protected override IVectorIndex Create(VectorSet vectors, ISimilarityMetric metric) =>
        new AnnoyIndexProvider().Build(vectors, metric, path: null, stamp: "");
}
