namespace ArtSimilarity.Training.Data;

/// <summary>The kinds of <see cref="HeavyViews"/>, in the order of their properties.</summary>
internal enum ViewKind
{
    Photograph,
    Detail,
    Grey,
    Faded,
    Mirrored,
    Digitisation,
}
