using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Annoy.Tests.Index;

/// <summary>The same from a mapped file, with few trees and a number of candidates of its own.</summary>
public class MappedAnnoyIndexConformanceTests : VectorIndexConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _files;

    protected override IReadOnlyList<ISimilarityMetric> Metrics => [SimilarityMetrics.Angular];

    protected override bool IsExact => false;

    protected override double MinimumRecall => 0.7;

    /// <summary>Whether the file is mapped, not read.</summary>
    protected virtual bool MapFile => true;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override IVectorIndex Create(VectorSet vectors, ISimilarityMetric metric)
    {
        var provider = new AnnoyIndexProvider(new AnnoyIndexOptions { TreeCount = 12, SearchK = 1500, Seed = 5, MaxDegreeOfParallelism = 1, MapFile = MapFile });
        string path = _folder.File($"{_files++}.ann");
        provider.Build(vectors, metric, path, "stamp").Dispose();
        return provider.Open(path).Index;
    }
}
