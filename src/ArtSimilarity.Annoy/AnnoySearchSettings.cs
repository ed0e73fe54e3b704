namespace ArtSimilarity.Annoy;

/// <summary>How much a search looks at: the balance between its time and the share of true neighbours it finds.</summary>
/// <param name="SearchCandidates">
/// The number of vectors whose compact codes are compared with the query, at least 1: those of the leaves nearest to it
/// (what <c>search_k</c> is to spotify/annoy).
/// </param>
/// <param name="RescoredCandidates">
/// How many of them, the best by their codes, are compared by 8-bit numbers, and the best of those exactly; at least 1, and
/// never less than the number of neighbours asked for.
/// </param>
public readonly record struct AnnoySearchSettings(int SearchCandidates, int RescoredCandidates)
{
    private const int Codes = 65_536, CodesPerNeighbor = 128;
    private const int Rescored = 32, TenthsRescoredPerNeighbor = 17;

    /// <summary>Settings that suit most collections: recall was 0.98 and above on signatures of paintings, see benchmarks/results.</summary>
    /// <param name="k">The number of neighbours to find.</param>
    /// <returns>The settings.</returns>
    public static AnnoySearchSettings DefaultFor(int k) => new(
        (int)Math.Min(int.MaxValue, Codes + ((long)k * CodesPerNeighbor)),
        (int)Math.Min(int.MaxValue, Rescored + ((long)k * TenthsRescoredPerNeighbor / 10)));

    /// <summary>Settings with which every vector is compared: the answer is exact.</summary>
    public static AnnoySearchSettings Exact => new(int.MaxValue, int.MaxValue);

    internal AnnoySearchSettings Times(double candidates, double rescored) => new(
        (int)Math.Min(int.MaxValue, SearchCandidates * candidates), (int)Math.Min(int.MaxValue, RescoredCandidates * rescored));

    internal void ThrowIfInvalid()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SearchCandidates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RescoredCandidates, 1);
    }
}
