namespace ArtSimilarity.FastScan.Tests.Files;

/// <summary>A leaf as docs/file-format.md describes it.</summary>
internal sealed record FileLeaf(int FirstRow, int Rows, int FirstBlock, float Scale, float HalfSquaredNorm);
