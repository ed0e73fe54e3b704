using ArtSimilarity.Parallelism;

namespace ArtSimilarity.FastScan;

/// <summary>How an index is built, opened and searched.</summary>
/// <remarks>Checked when an index is built or opened, and copied then: later changes have no effect on that index.</remarks>
public sealed class FastScanIndexOptions
{
    /// <summary>Codes are read 64 at a time: leaves much smaller than that would be mostly padding.</summary>
    private const int SmallestLeafSize = 96;

    /// <summary>
    /// How many vectors a leaf holds on average, at least 1; the number of leaves follows from it. The default is
    /// <see langword="null"/>: about the square root of their number, so that a search chooses among as many leaves as a leaf
    /// has vectors.
    /// </summary>
    public int? LeafSize { get; set; }

    /// <summary>
    /// How much a search looks at when it names neither settings nor a quality of its own. The default is
    /// <see langword="null"/>: <see cref="FastScanSearchSettings.DefaultFor(int, int)"/> the number of neighbours asked for.
    /// </summary>
    public FastScanSearchSettings? SearchSettings { get; set; }

    /// <summary>Where the random choices start. The same vectors, options and seed give the same file, bit for bit. The default is 0.</summary>
    public long Seed { get; set; }

    /// <summary>The number of threads of a build and of <see cref="FastScanIndex.SearchMany"/>, at least 1, or −1 for one per processor. It does not change the result. The default is −1.</summary>
    public int MaxDegreeOfParallelism { get; set; } = -1;

    /// <summary>
    /// Whether a file is mapped into memory instead of read. Mapping opens in milliseconds, and all processes that open the file
    /// share its memory. The default is <see langword="false"/>: the file is read into the process's own memory.
    /// </summary>
    /// <remarks>
    /// As long as a mapped file is open, nobody may change it in place. On Linux and macOS, truncating it (as <c>cp</c> onto it
    /// does) ends the process at the next search, without an exception; overwriting it gives wrong answers. An error of the disk
    /// or the network under it ends the process everywhere. Renaming another file over it, as a build does, is safe; Windows
    /// refuses that while the file is mapped.
    /// </remarks>
    public bool MapFile { get; set; }

    /// <summary>
    /// With <see cref="MapFile"/>: whether opening a file reads all of it and compares its checksums. Without, only the header's
    /// checksum and the structure of the leaves are checked, which takes milliseconds for a million vectors: damaged vectors
    /// then go unnoticed. The default is <see langword="false"/>. A file that is not mapped is always verified.
    /// </summary>
    public bool VerifyOnOpen { get; set; }

    internal int LeafSizeFor(int count) => LeafSize ?? Math.Max(SmallestLeafSize, (int)Math.Round(Math.Sqrt(count)));

    internal FastScanIndexOptions CopyChecked()
    {
        ThrowUnless(LeafSize is null or >= 1, nameof(LeafSize), LeafSize);
        ThrowUnless(SearchSettings is null or { SearchCandidates: >= 1, RescoredCandidates: >= 1 }, nameof(SearchSettings), SearchSettings);
        ParallelDegree.ThrowIfInvalid(MaxDegreeOfParallelism, nameof(MaxDegreeOfParallelism));
        return (FastScanIndexOptions)MemberwiseClone();
    }

    private static void ThrowUnless(bool valid, string name, object? value)
    {
        if (!valid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(FastScanIndexOptions)}.{name} is {value}, outside its range.");
        }
    }
}
