using ArtSimilarity.IndexFiles;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy.Nodes;

/// <summary>The nodes of a file, as <c>annoylib.h</c> has them in memory. The pointers are valid while <see cref="Memory"/> is held.</summary>
internal sealed unsafe class AnnoyNodes
{
    /// <exception cref="VectorIndexFileException">The structure contradicts the metric or the dimensions, or is damaged; the caller still owns the memory.</exception>
    public AnnoyNodes(IndexMemory memory, string path, NodeFormat format)
    {
        Memory = memory;
        Path = path;
        Format = format;
        if (memory.Length % format.NodeLength != 0)
        {
            throw new VectorIndexFileException($"{path}: {memory.Length} bytes are no whole number of nodes of {format.Dimensions} dimensions ({format.NodeLength} bytes each): truncated, of other dimensions or another metric than {format.Metric}, or no Annoy index.");
        }

        long nodes = memory.Length / format.NodeLength;
        if (nodes > int.MaxValue)
        {
            throw new VectorIndexFileException($"{path}: {nodes} nodes are more than the format can number.");
        }

        NodeCount = (int)nodes;
        Roots = FindRoots();
        ItemCount = Descendants(Roots[0]);
        if (ItemCount < 0 || ItemCount >= NodeCount)
        {
            throw new VectorIndexFileException($"{path}: the root says it holds {ItemCount} items, the file has {NodeCount} nodes: damaged, of other dimensions or another metric than {format.Metric}, or no Annoy index.");
        }

        for (int node = 0; node < (ItemCount == 0 ? NodeCount : ItemCount); node++)
        {
            if (Descendants(node) is not 0 && !(ItemCount > 0 && IsItem(node)))
            {
                throw new VectorIndexFileException($"{path}: node {node} should be an item but says it holds {Descendants(node)}: damaged, of other dimensions or another metric than {format.Metric}, or no Annoy index.");
            }
        }
    }

    public IndexMemory Memory { get; }

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    public NodeFormat Format { get; }

    /// <summary>The roots that Annoy finds, the last of the file first.</summary>
    public int[] Roots { get; }

    /// <summary>One more than the highest id.</summary>
    public int ItemCount { get; }

    public int NodeCount { get; }

    public bool IsItem(int id) => Descendants(id) == 1;

    public int Descendants(int node) => *(int*)Node(node);

    public int Child(int node, int place) => *Children(node, place);

    public int* Children(int node, int place = 0) => (int*)(Node(node) + Format.ChildrenOffset) + place;

    public byte* Node(int node) => Memory.Pointer + ((long)node * Format.NodeLength);

    public VectorIndexFileException Damaged(int node, string what) => new($"{Path}: node {node} is damaged, {what}.");

    /// <summary>The copies of the roots at the end of the file: all that hold as many items as the last node.</summary>
    private int[] FindRoots()
    {
        List<int> roots = [];
        int items = Descendants(NodeCount - 1);
        for (int node = NodeCount - 1; node >= 0 && Descendants(node) == items; node--)
        {
            roots.Add(node);
        }

        // The last tree's own root lies right before the copies, and would count twice.
        if (roots.Count > 1 && Child(roots[0], 0) == Child(roots[^1], 0))
        {
            roots.RemoveAt(roots.Count - 1);
        }

        return [.. roots];
    }
}
