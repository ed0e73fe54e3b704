namespace ArtSimilarity.Galleries;

/// <summary>One result of a search in a gallery.</summary>
public sealed class SimilarPainting : IEquatable<SimilarPainting>
{
    private readonly IReadOnlyList<float>? _spaceDistances; // of one space alone it is made when it is asked for

    /// <summary>Creates a result.</summary>
    /// <param name="painting">The work.</param>
    /// <param name="distance">Its distance from the query.</param>
    /// <param name="similarity">The same as a similarity.</param>
    /// <param name="spaceDistances">The distance in each feature space; <see langword="null"/> where one space was searched.</param>
    public SimilarPainting(Painting painting, float distance, float similarity, IReadOnlyList<float>? spaceDistances = null)
    {
        ArgumentNullException.ThrowIfNull(painting);
        Painting = painting;
        Distance = distance;
        Similarity = similarity;
        _spaceDistances = spaceDistances;
    }

    /// <summary>The work.</summary>
    public Painting Painting { get; }

    /// <summary>
    /// Its distance from the query under the gallery's metric; smaller is nearer. Where several feature spaces were searched it is the
    /// combined distance, see <see cref="GallerySearchOptions.Spaces"/>.
    /// </summary>
    public float Distance { get; }

    /// <summary>The same as a similarity: larger is nearer (the cosine, for the angular metric; of several spaces, the weighted mean of the cosines).</summary>
    public float Similarity { get; }

    /// <summary>The distance in each feature space that was searched, in the order of <see cref="GallerySearchResult.Spaces"/>.</summary>
    public IReadOnlyList<float> SpaceDistances => _spaceDistances ?? [Distance];

    /// <summary>Two results are equal when the work and every number is.</summary>
    /// <param name="other">The result to compare with.</param>
    /// <returns>Whether they are equal.</returns>
    public bool Equals(SimilarPainting? other) =>
        other is not null && Painting == other.Painting && Distance.Equals(other.Distance) && Similarity.Equals(other.Similarity)
        && SpaceDistances.SequenceEqual(other.SpaceDistances);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SimilarPainting);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Painting, Distance, Similarity);

    /// <inheritdoc/>
    public override string ToString() => $"{Painting.Key} at {Distance}";
}
