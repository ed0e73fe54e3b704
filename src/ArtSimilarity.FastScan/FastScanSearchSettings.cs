using ArtSimilarity.Tuning;

namespace ArtSimilarity.FastScan;

/// <summary>How much a search looks at: the balance between its time and the share of true neighbours it finds.</summary>
/// <param name="SearchCandidates">
/// The number of vectors whose compact codes are compared with the query, at least 1: those of the leaves nearest to it
/// (what <c>search_k</c> is to spotify/annoy).
/// </param>
/// <param name="RescoredCandidates">
/// How many of them, the best by their codes, are compared by 8-bit numbers, and the best of those exactly; at least 1, and
/// never less than the number of neighbours asked for.
/// </param>
public readonly record struct FastScanSearchSettings(int SearchCandidates, int RescoredCandidates) : ITunableSettings<FastScanSearchSettings>
{
    private const int Codes = 12_288, CodesPerNeighbor = 64, VectorsPerCode = 16;
    private const int Rescored = 32;

    /// <summary>Settings that suit most collections: recall was 0.98 and above on signatures of paintings, see benchmarks/results/ann.md.</summary>
    /// <param name="k">The number of neighbours to find, at least 0.</param>
    /// <param name="count">The number of vectors, at least 0. The more there are, the closer the best of them lie together, and the more are looked at.</param>
    /// <returns>The settings.</returns>
    public static FastScanSearchSettings DefaultFor(int k, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        double rescoredPerNeighbor = 1.6 + (Math.Log2(1 + (count / 16384.0)) / 4);
        return new FastScanSearchSettings(
            (int)Math.Min(int.MaxValue, Codes + ((long)k * CodesPerNeighbor) + (count / VectorsPerCode)),
            (int)Math.Min(int.MaxValue, Rescored + (k * rescoredPerNeighbor)));
    }

    /// <summary>Settings with which every vector is compared: the answer is exact.</summary>
    public static FastScanSearchSettings Exact => new(int.MaxValue, int.MaxValue);

    static FastScanSearchSettings ITunableSettings<FastScanSearchSettings>.Exact => Exact;

    bool ITunableSettings<FastScanSearchSettings>.IsComplete => SearchCandidates >= 1 && RescoredCandidates >= 1;

    FastScanSearchSettings ITunableSettings<FastScanSearchSettings>.Times(double more) => Times(more, more);

    internal FastScanSearchSettings Times(double candidates, double rescored) => new(
        (int)Math.Min(int.MaxValue, SearchCandidates * candidates), (int)Math.Min(int.MaxValue, RescoredCandidates * rescored));

    internal void ThrowIfInvalid()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SearchCandidates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RescoredCandidates, 1);
    }
}
