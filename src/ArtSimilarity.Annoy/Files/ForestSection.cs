namespace ArtSimilarity.Annoy.Files;

/// <summary>The sections of a forest file, in their order; the numbers are the format's.</summary>
internal enum ForestSection
{
    Stamp = 1,
    Ids = 2,
    InverseNorms = 3,
    Vectors = 4,
    Trees = 5,
    Nodes = 6,
    Items = 7,
    Planes = 8,
}
