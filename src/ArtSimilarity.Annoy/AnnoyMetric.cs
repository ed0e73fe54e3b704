namespace ArtSimilarity.Annoy;

/// <summary>The metrics that spotify/annoy builds an index for. A file does not tell its own.</summary>
public enum AnnoyMetric
{
    /// <summary><c>angular</c>: √(2·(1 − cos)).</summary>
    Angular,

    /// <summary><c>euclidean</c>: the length of the difference.</summary>
    Euclidean,

    /// <summary><c>manhattan</c>: the sum of the absolute differences.</summary>
    Manhattan,

    /// <summary><c>dot</c>: the inner product, the largest first; Annoy calls it a distance.</summary>
    DotProduct,

    /// <summary><c>hamming</c>: how many bits differ. Dimensions count bits; a number above 0.5 is a set bit.</summary>
    Hamming,
}
