using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Tests;

/// <summary>The double that stands for a server keeps the contract: what it proves of the gallery holds for others.</summary>
public sealed class RemoteIndexConformanceTests : VectorIndexConformance
{
    protected override IReadOnlyList<ISimilarityMetric> Metrics => [SimilarityMetrics.Angular, SimilarityMetrics.Euclidean];

    protected override bool IsExact => false;

    protected override bool IsInThisProcess => false;

    protected override IVectorIndex Create(VectorSet vectors, ISimilarityMetric metric) =>
        new RemoteIndexProvider().BuildAsync(vectors, metric, new VectorIndexLocation(Guid.NewGuid(), "test", null), "", null, Cancellation).AsTask().GetAwaiter().GetResult();
}
