using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Testing;

namespace ArtSimilarity.FastScan.Tests.Searching;

/// <summary>The same from a mapped file, with settings that make every search choose leaves.</summary>
public class MappedFastScanIndexConformanceTests : VectorIndexConformance, IDisposable
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
        var options = new FastScanIndexOptions { LeafSize = 8, SearchSettings = new(250, 80), Seed = 5, MaxDegreeOfParallelism = 1, MapFile = MapFile };
        var provider = new FastScanIndexProvider(options);
        string path = _folder.File($"{_files++}.fastscan");
        provider.Build(vectors, metric, path, "stamp").Dispose();
        return provider.Open(path).Index;
    }
}
