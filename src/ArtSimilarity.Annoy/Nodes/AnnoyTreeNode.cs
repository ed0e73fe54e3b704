namespace ArtSimilarity.Annoy.Nodes;

/// <summary>A node of a tree that is being built.</summary>
/// <param name="Descendants">The items below it; for a root the number of all item nodes, holes included, as Annoy counts there.</param>
/// <param name="Plane">The number of its plane in the tree, or <see cref="Leaf"/>.</param>
/// <param name="First">A leaf's first place in the tree's order; a split's child on the negative side, see <see cref="AnnoyTree.Nodes"/>.</param>
/// <param name="Second">How many places a leaf has; a split's child on the positive side.</param>
internal readonly record struct AnnoyTreeNode(int Descendants, int Plane, int First, int Second)
{
    public const int Leaf = -1;
}
