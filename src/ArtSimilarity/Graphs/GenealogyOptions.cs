using ArtSimilarity.Galleries;

namespace ArtSimilarity.Graphs;

/// <summary>Which works <see cref="Genealogy"/> looks at.</summary>
public sealed class GenealogyOptions
{
    private readonly int _minYearsApart = 1;

    /// <summary>Which works may be returned.</summary>
    /// <value>The default is <see langword="null"/>: all that have a year.</value>
    public PaintingFilter? Filter { get; init; }

    /// <summary>The feature spaces to search, as in <see cref="GallerySearchOptions.Spaces"/>.</summary>
    /// <value>The default is <see langword="null"/>: the one that searches of the gallery go by.</value>
    public IReadOnlyList<SpaceWeight>? Spaces { get; init; }

    /// <summary>How many years earlier or later a work must be at least: 1 or more.</summary>
    /// <value>The default is 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MinYearsApart
    {
        get => _minYearsApart;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _minYearsApart = value;
        }
    }
}
