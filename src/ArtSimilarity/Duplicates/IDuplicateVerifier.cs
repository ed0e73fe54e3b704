namespace ArtSimilarity.Duplicates;

/// <summary>Looks at two works whose signatures are near, and says whether they show the same thing.</summary>
/// <remarks>Safe to call from several threads at once.</remarks>
public interface IDuplicateVerifier
{
    /// <summary>Compares two works.</summary>
    /// <param name="first">One work.</param>
    /// <param name="second">The other.</param>
    /// <param name="cancellationToken">Cancels the comparison.</param>
    /// <returns>Whether they are the same, and how surely.</returns>
    ValueTask<DuplicateVerdict> VerifyAsync(Painting first, Painting second, CancellationToken cancellationToken = default);
}
