using ArtSimilarity.Conformance;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Annoy.Tests;

/// <summary>The same from a file, with settings that make every search choose leaves.</summary>
public sealed class MappedAnnoyIndexConformanceTests : VectorIndexConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _files;

    protected override IReadOnlyList<ISimilarityMetric> Metrics => [SimilarityMetrics.Angular];

    protected override bool IsExact => false;

    protected override double MinimumRecall => 0.7;

    public void Dispose() => _folder.Dispose();

    protected override ILocalVectorIndex Create(VectorSet vectors, ISimilarityMetric metric)
    {
        var options = new AnnoyIndexOptions { LeafSize = 8, SearchSettings = new(250, 80), Seed = 5, MaxDegreeOfParallelism = 1 };
        var provider = new AnnoyIndexProvider(options);
        string path = _folder.File($"{_files++}.annoy");
        provider.Build(vectors, metric, path, "stamp").Dispose();
        return provider.Open(path).Index;
    }
}
