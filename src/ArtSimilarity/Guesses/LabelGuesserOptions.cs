using ArtSimilarity.Galleries;

namespace ArtSimilarity.Guesses;

/// <summary>How a <see cref="LabelGuesser"/> votes and how it is measured.</summary>
public sealed class LabelGuesserOptions
{
    private readonly int _neighborCount = 15;
    private readonly int _heldOutCount = 1000;

    /// <summary>How many nearest labelled works vote, at least 1.</summary>
    /// <value>The default is 15.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int NeighborCount
    {
        get => _neighborCount;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _neighborCount = value;
        }
    }

    /// <summary>How many labelled works are held out, one at a time, to measure how often guesses are right: at least 2.</summary>
    /// <value>The default is 1,000; all where there are fewer.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 2.</exception>
    public int HeldOutCount
    {
        get => _heldOutCount;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2);
            _heldOutCount = value;
        }
    }

    /// <summary>Where the random choice of these begins.</summary>
    /// <value>The default is 42.</value>
    public int Seed { get; init; } = 42;

    /// <summary>The feature spaces to search, as in <see cref="GallerySearchOptions.Spaces"/>.</summary>
    /// <value>The default is <see langword="null"/>: the one that searches of the gallery go by.</value>
    public IReadOnlyList<SpaceWeight>? Spaces { get; init; }
}
