namespace ArtSimilarity.Annoy.Nodes;

/// <summary>A built tree.</summary>
/// <param name="Nodes">The nodes, children before their parent, the root last. A child that is an item is its id; one that is a node of the tree is ~number.</param>
/// <param name="Order">Items, numbered by ascending id, in the order of the leaves.</param>
/// <param name="Planes">The normals.</param>
internal sealed record AnnoyTree(List<AnnoyTreeNode> Nodes, int[] Order, List<float[]> Planes);
