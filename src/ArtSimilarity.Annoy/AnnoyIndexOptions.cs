namespace ArtSimilarity.Annoy;

/// <summary>How a forest is built, opened and searched.</summary>
/// <remarks>Checked when an index is built or opened, and copied then: later changes have no effect on that index.</remarks>
public sealed class AnnoyIndexOptions
{
    internal const int MaxTreeCount = 1 << 16;

    /// <summary>The number of trees, 1 to 65,536. More trees find more at the same number of candidates, and take more memory and time to build. The default is 50.</summary>
    public int TreeCount { get; set; } = 50;

    /// <summary>A set of at most this many vectors is not split further; at least 1. The default is 128, whatever the dimension.</summary>
    public int LeafSize { get; set; } = 128;

    /// <summary>
    /// The number of different vectors that a search compares with the query exactly (spotify/annoy's <c>search_k</c>), at
    /// least 1 and never less than the number of neighbours asked for: the balance between time and recall at query time.
    /// The default is <see langword="null"/>: 1,000 and ten more per neighbour asked for.
    /// </summary>
    public int? SearchCandidates { get; set; }

    /// <summary>Where the random choices start. The same vectors, options and seed give the same file, bit for bit. The default is 0.</summary>
    public long Seed { get; set; }

    /// <summary>The number of threads that build trees, at least 1, or −1 for one per processor. It does not change the result. The default is −1.</summary>
    public int MaxDegreeOfParallelism { get; set; } = -1;

    /// <summary>
    /// Whether opening a file reads all of it and compares its checksums. Without, only the header's checksum and the
    /// structure of the trees are checked: damaged vectors then go unnoticed. The default is <see langword="true"/>.
    /// </summary>
    public bool VerifyOnOpen { get; set; } = true;

    internal AnnoyIndexOptions CopyChecked()
    {
        ThrowUnless(TreeCount is >= 1 and <= MaxTreeCount, nameof(TreeCount), TreeCount);
        ThrowUnless(LeafSize >= 1, nameof(LeafSize), LeafSize);
        ThrowUnless(SearchCandidates is null or >= 1, nameof(SearchCandidates), SearchCandidates);
        ThrowUnless(MaxDegreeOfParallelism is -1 or >= 1, nameof(MaxDegreeOfParallelism), MaxDegreeOfParallelism);
        return (AnnoyIndexOptions)MemberwiseClone();
    }

    private static void ThrowUnless(bool valid, string name, object? value)
    {
        if (!valid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(AnnoyIndexOptions)}.{name} is {value}, outside its range.");
        }
    }
}
