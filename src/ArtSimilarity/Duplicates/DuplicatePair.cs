namespace ArtSimilarity.Duplicates;

/// <summary>Two works that are the same.</summary>
public sealed class DuplicatePair
{
    internal DuplicatePair(Painting first, Painting second, float distance, double? score) => (First, Second, Distance, Score) = (first, second, distance, score);

    /// <summary>The work whose signature was written first.</summary>
    public Painting First { get; }

    /// <summary>The other work.</summary>
    public Painting Second { get; }

    /// <summary>The distance of their signatures.</summary>
    public float Distance { get; }

    /// <summary>The score that the verifier gave; <see langword="null"/> where there was none.</summary>
    public double? Score { get; }
}
