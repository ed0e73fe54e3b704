using ArtSimilarity.Metrics;
using BenchmarkDotNet.Attributes;

namespace ArtSimilarity.Benchmarks.Micro;

/// <summary>One distance between two signatures.</summary>
public class MetricBenchmarks
{
    private float[] _x = [], _y = [];
    private ISimilarityMetric _metric = SimilarityMetrics.Angular;

    [Params("angular", "cosine", "euclidean", "innerproduct")]
    public string Metric { get; set; } = "";

    [Params(512, 1280)]
    public int Dimensions { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _metric = SimilarityMetrics.Get(Metric);
        var random = new Random(1);
        _x = [.. Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle())];
        _y = [.. Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle())];
    }

    [Benchmark]
    public float Distance() => _metric.Distance(_x, _y);
}
