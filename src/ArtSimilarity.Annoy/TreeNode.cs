using System.Runtime.InteropServices;

namespace ArtSimilarity.Annoy;

/// <summary>A node of a tree, as in the file. Nodes lie in pre-order, their numbers count from the root of their tree.</summary>
/// <param name="Plane">The number of the splitting plane within the tree, or one of the constants.</param>
/// <param name="First">The child on the plane's negative side; in a leaf, the first of its items.</param>
/// <param name="Second">The child on the plane's positive side; in a leaf, the number of its items.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct TreeNode(int Plane, int First, int Second)
{
    /// <summary>The node is a leaf.</summary>
    public const int Leaf = -1;

    /// <summary>The node was halved without regard to directions, because no plane divided it.</summary>
    public const int Halved = -2;
}
