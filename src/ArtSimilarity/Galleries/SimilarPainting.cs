namespace ArtSimilarity.Galleries;

/// <summary>One result of a search in a gallery.</summary>
/// <param name="Painting">The work.</param>
/// <param name="Distance">Its distance from the query under the gallery's metric; smaller is nearer.</param>
/// <param name="Similarity">The same as a similarity: larger is nearer (the cosine, for the angular metric).</param>
public sealed record SimilarPainting(Painting Painting, float Distance, float Similarity);
