using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>One result of a search in a gallery.</summary>
public sealed class SimilarPainting : IEquatable<SimilarPainting>
{
    private readonly ResultDetails? _details; // a plain search needs none

    /// <summary>Creates a result.</summary>
    /// <param name="painting">The work.</param>
    /// <param name="distance">Its distance from the query.</param>
    /// <param name="similarity">The same as a similarity.</param>
    /// <param name="spaceDistances">The distance in each feature space; <see langword="null"/> where one space was searched.</param>
    public SimilarPainting(Painting painting, float distance, float similarity, IReadOnlyList<float>? spaceDistances = null)
        : this(painting, distance, similarity, spaceDistances is null ? null : new ResultDetails { SpaceDistances = spaceDistances })
    {
    }

    internal SimilarPainting(Painting painting, float distance, float similarity, ResultDetails? details)
    {
        ArgumentNullException.ThrowIfNull(painting);
        Painting = painting;
        Distance = distance;
        Similarity = similarity;
        _details = details;
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

    /// <summary>
    /// The distance in each feature space that was searched, in the order of <see cref="GallerySearchResult.Spaces"/>. Of a query in parts it is
    /// that from the view that answered best.
    /// </summary>
    public IReadOnlyList<float> SpaceDistances => _details?.SpaceDistances ?? [Distance]; // made when it is asked for

    /// <summary>The wanted part of the query that the work is nearest to, as its place in <see cref="GalleryQuery.Parts"/>; 0 of a plain search.</summary>
    public int PartIndex => _details?.PartIndex ?? 0;

    /// <summary>The view of that part that the work is nearest to, as its place in <see cref="QueryPart.Views"/>; 0 of a plain search.</summary>
    public int ViewIndex => _details?.ViewIndex ?? 0;

    /// <summary>Where in the work the match lies; <see langword="null"/> unless regions were searched (<see cref="GallerySearchOptions.Regions"/>).</summary>
    public ImageRegion? Region => _details?.Region;

    /// <summary>What the distance means in this gallery; <see langword="null"/> unless <see cref="GallerySearchOptions.IncludeStatistics"/> asks for it.</summary>
    public ResultStatistics? Statistics => _details?.Statistics;

    /// <summary>Two results are equal when the work and every number is.</summary>
    /// <param name="other">The result to compare with.</param>
    /// <returns>Whether they are equal.</returns>
    public bool Equals(SimilarPainting? other) =>
        other is not null && Painting == other.Painting && Distance.Equals(other.Distance) && Similarity.Equals(other.Similarity)
        && SpaceDistances.SequenceEqual(other.SpaceDistances) && PartIndex == other.PartIndex && ViewIndex == other.ViewIndex && Region == other.Region;

    /// <summary>The same with statistics.</summary>
    internal SimilarPainting With(ResultStatistics statistics) => new(Painting, Distance, Similarity, (_details ?? new ResultDetails()) with { Statistics = statistics });

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SimilarPainting);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Painting, Distance, Similarity);

    /// <inheritdoc/>
    public override string ToString() => $"{Painting.Key} at {Distance}";
}
