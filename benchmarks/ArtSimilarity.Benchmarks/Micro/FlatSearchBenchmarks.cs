using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using BenchmarkDotNet.Attributes;

namespace ArtSimilarity.Benchmarks.Micro;

/// <summary>Exact searches over 13,000 signatures of 512 dimensions.</summary>
[MemoryDiagnoser]
public class FlatSearchBenchmarks
{
    private const int Count = 13_000, Dimensions = 512, Queries = 64;
    private readonly FlatIndex _index = new(Dimensions, SimilarityMetrics.Angular);
    private readonly float[] _queries = new float[Queries * Dimensions];
    private readonly int[] _counts = new int[Queries];
    private readonly IdSet _tenth = new(Enumerable.Range(0, Count).Where(id => id % 10 == 0));
    private Neighbor[] _results = [], _batch = [];

    [Params(10, 250)]
    public int K { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        float[] vectors = [.. Enumerable.Range(0, Count * Dimensions).Select(_ => random.NextSingle() - 0.5f)];
        _index.Add([.. Enumerable.Range(0, Count)], vectors);
        vectors.AsSpan(0, _queries.Length).CopyTo(_queries);
        _results = new Neighbor[K];
        _batch = new Neighbor[K * Queries];
    }

    [Benchmark(Baseline = true)]
    public int One() => _index.Search(_queries.AsSpan(0, Dimensions), _results);

    [Benchmark]
    public int OneAmongATenth() => _index.Search(_queries.AsSpan(0, Dimensions), _results, _tenth);

    [Benchmark(OperationsPerInvoke = Queries)]
    public void OneOfABatch() => _index.SearchMany(_queries, K, _batch, _counts);
}
