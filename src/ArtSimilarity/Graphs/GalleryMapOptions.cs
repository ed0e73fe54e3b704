using ArtSimilarity.Features;

namespace ArtSimilarity.Graphs;

/// <summary>Which map of a gallery is meant, and how it is made.</summary>
public sealed class GalleryMapOptions
{
    private readonly int _neighborCount = 15;

    /// <summary>The feature space.</summary>
    /// <value>The default is <see langword="null"/>: the one that searches of the gallery go by.</value>
    public FeatureSpace? Space { get; init; }

    /// <summary>How many nearest neighbours of each work count, at least 1. More keep larger neighbourhoods, and fewer smaller ones.</summary>
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

    /// <summary>Where the random numbers of the layout begin.</summary>
    /// <value>The default is 42.</value>
    public int Seed { get; init; } = 42;

    /// <summary>Whether to lay the works out anew, though a map is kept.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Renew { get; init; }
}
