namespace ArtSimilarity.Recognition;

/// <summary>How a <see cref="PaintingIdentifier"/> looks at a photograph and when it is sure.</summary>
public sealed class IdentifierOptions
{
    /// <summary>How many works, of those most like a view of the photograph, are compared point by point. A second look compares three times as many.</summary>
    /// <value>The default is 10; at least 1.</value>
    public int Candidates { get; set; } = 10;

    /// <summary>How many outlines of pictures in the photograph are looked at.</summary>
    /// <value>The default is 4; 0 looks at the whole and crops about the middle alone.</value>
    public int MaxPictures { get; set; } = 4;

    /// <summary>Whether further views are tried where the first ones found no match (<see cref="PhotoViews.FurtherOfPhoto"/>). An answer takes some three times as long then.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool LookTwice { get; set; } = true;

    /// <summary>Whether mirror images are looked for too. Twice as many views are searched.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Mirrored { get; set; }

    /// <summary>The least probability that counts as a match, above 0 and below 1.</summary>
    /// <value>The default is 0.5. <c>benchmarks/results/wild.md</c> says how often works are accepted then that are not in the gallery.</value>
    public double MinProbability { get; set; } = 0.5;

    /// <summary>How many works' local features are kept in memory, about 180 kB each.</summary>
    /// <value>The default is 500; at least 0.</value>
    public int CachedWorks { get; set; } = 500;

    /// <summary>How many threads work on one photograph.</summary>
    /// <value>The default is the number of processors, 4 at most; at least 1.</value>
    public int Threads { get; set; } = Math.Min(4, Environment.ProcessorCount);

    internal IdentifierOptions CopyChecked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Candidates, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxPictures);
        ArgumentOutOfRangeException.ThrowIfNegative(CachedWorks);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        return MinProbability is > 0 and < 1
            ? (IdentifierOptions)MemberwiseClone()
            : throw new ArgumentOutOfRangeException(nameof(MinProbability), MinProbability, "The probability must be above 0 and below 1.");
    }
}
