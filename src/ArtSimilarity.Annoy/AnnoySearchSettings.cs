using ArtSimilarity.Tuning;

namespace ArtSimilarity.Annoy;

/// <summary>How much a search looks at: the balance between its time and the share of true neighbours it finds.</summary>
/// <param name="SearchK">
/// How many candidates are collected from the trees, at least 1; one that comes from several trees counts every time.
/// <see langword="null"/> takes the number of neighbours times that of the trees, as Annoy does where its <c>search_k</c> is −1.
/// </param>
/// <param name="TreeCount">
/// How many trees are walked, the first of the forest, at least 1; <see langword="null"/> takes all. The first ten of a hundred answer as a
/// forest of ten with the same seed does.
/// </param>
public readonly record struct AnnoySearchSettings(int? SearchK = null, int? TreeCount = null) : ITunableSettings<AnnoySearchSettings>
{
    private const int Usual = 10_000, UsualPerNeighbor = 64, UsualCount = 1 << 16;

    /// <summary>Settings with which every vector is compared: the answer is exact.</summary>
    public static AnnoySearchSettings Exact => new(int.MaxValue);

    static AnnoySearchSettings ITunableSettings<AnnoySearchSettings>.Exact => Exact;

    bool ITunableSettings<AnnoySearchSettings>.IsComplete => SearchK is >= 1 && TreeCount is >= 1;

    /// <summary>The same trees, more candidates.</summary>
    AnnoySearchSettings ITunableSettings<AnnoySearchSettings>.Times(double more) =>
        this with { SearchK = SearchK is int searchK ? (int)Math.Min(int.MaxValue, searchK * more) : null };

    internal bool IsExact => SearchK == int.MaxValue;

    internal bool IsValid => SearchK is null or >= 1 && TreeCount is null or >= 1;

    /// <summary>Careful settings for a quality, where none were measured.</summary>
    internal static AnnoySearchSettings UsualFor(int k, double quality, int count)
    {
        double usual = (Usual + ((double)k * UsualPerNeighbor)) * Math.Max(1, (double)count / UsualCount);
        return quality switch
        {
            <= 0.95 => new AnnoySearchSettings((int)Math.Min(int.MaxValue, usual)),
            <= 0.98 => new AnnoySearchSettings((int)Math.Min(int.MaxValue, usual * 2)),
            <= 0.99 => new AnnoySearchSettings((int)Math.Min(int.MaxValue, usual * 4)),
            <= 0.995 => new AnnoySearchSettings((int)Math.Min(int.MaxValue, usual * 8)),
            _ => Exact,
        };
    }

    internal void ThrowIfInvalid()
    {
        if (!IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(SearchK), this, "SearchK and TreeCount must be null or at least 1.");
        }
    }
}
