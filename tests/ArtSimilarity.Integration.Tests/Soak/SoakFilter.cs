namespace ArtSimilarity.Integration.Tests.Soak;

/// <summary>The works a search may return.</summary>
/// <param name="Genre">Only works of this genre, where it is given.</param>
/// <param name="Works">Only these works, where they are given.</param>
internal sealed record SoakFilter(int? Genre = null, IReadOnlyList<int>? Works = null)
{
    public const int Genres = 10;

    public bool Allows(int work) => (Genre is null || work % Genres == Genre) && (Works is null || Works.Contains(work));
}
