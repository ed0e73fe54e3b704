using ArtSimilarity.Imaging;

namespace ArtSimilarity.Explaining;

/// <summary>A place in one image that corresponds to a point of another.</summary>
/// <param name="Cell">The place: one cell of the grid.</param>
/// <param name="Cosine">The cosine between what the model sees at the point and at the place, −1 to 1. It orders places; it is no probability.</param>
/// <param name="Contribution">What the pair of the two positions adds to the similarity of the images.</param>
public sealed record Correspondence(ImageRegion Cell, double Cosine, double Contribution);
