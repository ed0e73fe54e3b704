using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.FastScan.Tests;

internal static class TestIndexes
{
    /// <summary>Builds until the test is cancelled.</summary>
    public static FastScanIndex Build(this FastScanIndexProvider provider, VectorSet vectors, string? path = null, string stamp = "") =>
        provider.Build(vectors, SimilarityMetrics.Angular, path, stamp, null, TestContext.Current.CancellationToken);
}
