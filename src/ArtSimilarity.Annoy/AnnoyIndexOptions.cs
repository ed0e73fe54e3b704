using ArtSimilarity.Parallelism;

namespace ArtSimilarity.Annoy;

/// <summary>How a forest is built, opened and searched.</summary>
/// <remarks>Checked when a provider is created, and copied then: later changes have no effect on it.</remarks>
public sealed class AnnoyIndexOptions
{
    private const int MaxTreeCount = 1 << 16;

    /// <summary>The number of trees, 1 to 65,536: more take more memory and find more. The default is 100.</summary>
    public int TreeCount { get; set; } = 100;

    /// <summary>
    /// How many candidates a search collects when it names neither settings nor a quality of its own, at least 1, or −1 as in Annoy:
    /// the number of neighbours times that of the trees. The default is −1.
    /// </summary>
    public int SearchK { get; set; } = -1;

    /// <summary>Where the random choices start. The same vectors, trees and seed give the same file, bit for bit. The default is 0.</summary>
    public long Seed { get; set; }

    /// <summary>The number of threads of a build, at least 1, or −1 for one per processor. It does not change the result. The default is −1.</summary>
    public int MaxDegreeOfParallelism { get; set; } = -1;

    /// <summary>
    /// Whether a file is mapped into memory instead of read, so that all processes that open it share its memory. It is read once
    /// all the same, to compare its checksum and to make the 8-bit copy that searches look at first. The default is <see langword="false"/>.
    /// </summary>
    /// <remarks>
    /// As long as a mapped file is open, nobody may change it in place: on Linux and macOS, truncating it ends the process at the next
    /// search, without an exception. Renaming another file over it, as a build does, is safe; Windows refuses that while the file is mapped.
    /// </remarks>
    public bool MapFile { get; set; }

    internal AnnoyIndexOptions CopyChecked()
    {
        ThrowUnless(TreeCount is >= 1 and <= MaxTreeCount, nameof(TreeCount), TreeCount);
        ThrowUnless(SearchK is -1 or >= 1, nameof(SearchK), SearchK);
        ParallelDegree.ThrowIfInvalid(MaxDegreeOfParallelism, nameof(MaxDegreeOfParallelism));
        return (AnnoyIndexOptions)MemberwiseClone();
    }

    private static void ThrowUnless(bool valid, string name, object value)
    {
        if (!valid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(AnnoyIndexOptions)}.{name} is {value}, outside its range.");
        }
    }
}
