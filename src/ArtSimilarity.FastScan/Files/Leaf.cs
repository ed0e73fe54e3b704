using System.Runtime.InteropServices;

namespace ArtSimilarity.FastScan.Files;

/// <summary>A leaf: vectors that lie near one another, in rows and blocks of codes that follow one another.</summary>
/// <param name="FirstRow">Its first row.</param>
/// <param name="Count">How many rows.</param>
/// <param name="FirstBlock">Its first block of 64 codes.</param>
/// <param name="CentroidScale">The centroid is its 8-bit numbers times this.</param>
/// <param name="HalfSquaredNorm">Half the centroid's squared length.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct Leaf(int FirstRow, int Count, int FirstBlock, float CentroidScale, float HalfSquaredNorm);
