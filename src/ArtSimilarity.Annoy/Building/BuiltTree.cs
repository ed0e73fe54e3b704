namespace ArtSimilarity.Annoy.Building;

/// <summary>One tree before it is written.</summary>
/// <param name="Nodes">The nodes in pre-order.</param>
/// <param name="Items">All rows, each leaf's one behind the other.</param>
/// <param name="Planes">The unit normals of the planes, padded.</param>
internal sealed record BuiltTree(List<TreeNode> Nodes, int[] Items, List<float[]> Planes);
