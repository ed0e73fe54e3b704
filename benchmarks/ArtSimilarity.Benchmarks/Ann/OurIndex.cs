using System.Globalization;
using ArtSimilarity.FastScan;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Benchmarks.Ann;

/// <summary>The index of this project as the comparison sees it: what is built, and which settings are tried.</summary>
internal sealed class OurIndex : IDisposable
{
    private const string Default = "default", All = "all";

    /// <summary>How many candidates are rescored, per neighbour: the fewer neighbours, the more it takes to be sure of them.</summary>
    private static readonly double[] RescoredOfFew = [2, 3, 4, 6, 8, 12, 16], RescoredOfMany = [1.2, 1.4, 1.6, 2, 2.5, 3, 4];

    private readonly FastScanIndex _index;

    private OurIndex(FastScanIndex index) => _index = index;

    public static OurIndex Build(VectorSet vectors, string path, int threads) =>
        new(new FastScanIndexProvider(new FastScanIndexOptions { MaxDegreeOfParallelism = threads }).Build(vectors, SimilarityMetrics.Angular, path, stamp: ""));

    public static OurIndex Open(string path, int threads = -1) =>
        new((FastScanIndex)new FastScanIndexProvider(new FastScanIndexOptions { MaxDegreeOfParallelism = threads }).Open(path).Index);

    /// <summary>The settings to sweep: one that nobody chose, and a grid of candidates and those of them that are rescored.</summary>
    public static IEnumerable<string> Settings(int k, int count)
    {
        yield return Default;
        double[] rescored = k < 100 ? RescoredOfFew : RescoredOfMany;
        for (long candidates = 4096; ; candidates *= 2)
        {
            string compared = candidates < count ? candidates.ToString(CultureInfo.InvariantCulture) : All;
            foreach (double perNeighbor in rescored)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{compared} {Math.Ceiling(k * perNeighbor)}");
            }

            if (compared == All)
            {
                yield break;
            }
        }
    }

    public static string Describe(string setting) =>
        setting.Split(' ') is [string candidates, string rescored] ? $"{candidates} candidates, {rescored} rescored" : setting;

    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, string setting, IdSet? filter = null) =>
        _index.Search(query, results, filter, Parse(setting, results.Length));

    public void Dispose() => _index.Dispose();

    private FastScanSearchSettings Parse(string setting, int k) => setting.Split(' ') is [string candidates, string rescored]
        ? new(candidates == All ? int.MaxValue : int.Parse(candidates, CultureInfo.InvariantCulture), int.Parse(rescored, CultureInfo.InvariantCulture))
        : FastScanSearchSettings.DefaultFor(k, _index.Count);
}
