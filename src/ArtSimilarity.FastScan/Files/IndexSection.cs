namespace ArtSimilarity.FastScan.Files;

/// <summary>The sections of an index file, in their order; the numbers are the format's.</summary>
internal enum IndexSection
{
    Stamp = 1,
    Ids = 2,
    RowsOfIds = 3,
    IdsOfRows = 4,
    Leaves = 5,
    Centroids = 6,
    Blocks = 7,
    InverseLengths = 8,
    Upper = 9,
    Lower = 10,
}
