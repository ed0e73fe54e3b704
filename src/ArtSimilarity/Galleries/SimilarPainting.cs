namespace ArtSimilarity.Galleries;

/// <summary>One result of a search in a gallery.</summary>
/// <param name="Painting">The work.</param>
/// <param name="Distance">
/// Its distance from the query under the gallery's metric; smaller is nearer. Where several feature spaces were searched it is the
/// combined distance, see <see cref="GallerySearchOptions.Spaces"/>.
/// </param>
/// <param name="Similarity">The same as a similarity: larger is nearer (the cosine, for the angular metric; of several spaces, the weighted mean of the cosines).</param>
public sealed record SimilarPainting(Painting Painting, float Distance, float Similarity)
{
    private readonly IReadOnlyList<float>? _spaceDistances; // of one space alone it is made when it is asked for

    /// <summary>The distance in each feature space that was searched, in the order of <see cref="GallerySearchResult.Spaces"/>.</summary>
    public IReadOnlyList<float> SpaceDistances
    {
        get => _spaceDistances ?? [Distance];
        init => _spaceDistances = value;
    }

    /// <summary>Two results are equal when the work and every number is.</summary>
    /// <param name="other">The result to compare with.</param>
    /// <returns>Whether they are equal.</returns>
    public bool Equals(SimilarPainting? other) =>
        other is not null && Painting == other.Painting && Distance.Equals(other.Distance) && Similarity.Equals(other.Similarity)
        && SpaceDistances.SequenceEqual(other.SpaceDistances);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Painting, Distance, Similarity);
}
