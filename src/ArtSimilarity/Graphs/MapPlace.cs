using System.Numerics;

namespace ArtSimilarity.Graphs;

/// <summary>The place of one work in a <see cref="GalleryMap"/>.</summary>
public sealed class MapPlace
{
    internal MapPlace(Painting work, Vector2 position) => (Work, Position) = (work, position);

    /// <summary>The work.</summary>
    public Painting Work { get; }

    /// <summary>Where it lies.</summary>
    public Vector2 Position { get; }
}
