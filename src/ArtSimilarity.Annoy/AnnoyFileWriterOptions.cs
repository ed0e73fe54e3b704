namespace ArtSimilarity.Annoy;

/// <summary>How a file for spotify/annoy is written.</summary>
/// <remarks>Checked when a file is written.</remarks>
public sealed class AnnoyFileWriterOptions
{
    /// <summary>The number of trees, 1 to 65,536. The default is 100.</summary>
    public int TreeCount { get; set; } = 100;

    /// <summary>Where the random choices start. The same vectors, trees and seed give the same file, bit for bit. The default is 0.</summary>
    public long Seed { get; set; }

    /// <summary>
    /// Whether the items get the numbers 0, 1, 2, … in the order of their ids, so that the file has no room for ids that are missing.
    /// The default is <see langword="false"/>: an item's number is its id.
    /// </summary>
    public bool Renumber { get; set; }

    /// <summary>The number of threads that build trees, at least 1, or −1 for one per processor. It does not change the result. The default is −1.</summary>
    public int MaxDegreeOfParallelism { get; set; } = -1;
}
