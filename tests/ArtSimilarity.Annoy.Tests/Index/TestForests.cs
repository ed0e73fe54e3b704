using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using Xunit;

namespace ArtSimilarity.Annoy.Tests.Index;

internal static class TestForests
{
    /// <summary>Builds until the test is cancelled.</summary>
    public static AnnoyIndex Build(this AnnoyIndexProvider provider, VectorSet vectors, string? path = null, string stamp = "") =>
        provider.Build(vectors, SimilarityMetrics.Angular, path, stamp, null, TestContext.Current.CancellationToken);

    /// <summary>What a search finds.</summary>
    public static Neighbor[] Find(this AnnoyIndex index, ReadOnlySpan<float> query, int k, AnnoySearchSettings settings, IdSet? filter = null, IdSet? excluded = null)
    {
        var results = new Neighbor[k];
        return results[..index.Search(query, results, new VectorSearchOptions { Allowed = filter, Excluded = excluded }, settings)];
    }
}
