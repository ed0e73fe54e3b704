using System.Text;
using ArtSimilarity.Annoy.Files;
using ArtSimilarity.Indexing;
using System.IO.Hashing;

namespace ArtSimilarity.Annoy;

/// <summary>
/// A finished forest in memory or in a mapped file, never changed. The pointers are valid while <see cref="Memory"/> is held.
/// </summary>
internal sealed unsafe class Forest
{
    private readonly ForestLayout _layout;
    private readonly byte* _start;
    private readonly int* _ids;
    private readonly float* _inverseNorms;
    private readonly float* _vectors;
    private readonly long* _trees;
    private readonly TreeNode* _nodes;
    private readonly int* _items;
    private readonly float* _planes;

    /// <summary>Takes over the memory and checks what it holds; on an exception the caller still owns it.</summary>
    /// <param name="memory">The bytes.</param>
    /// <param name="name">The file, for messages.</param>
    /// <param name="verify">Whether the sections' checksums are compared.</param>
    /// <exception cref="VectorIndexFileException">The bytes are not those of a whole and sound forest.</exception>
    public Forest(ForestMemory memory, string name, bool verify)
    {
        Memory = memory;
        _start = memory.Pointer;
        var header = new ReadOnlySpan<byte>(_start, ForestLayout.HeaderLength);
        _layout = ForestLayout.FromHeader(header, memory.Length, name);
        _ids = (int*)(_start + _layout.OffsetOf(ForestSection.Ids));
        _inverseNorms = (float*)(_start + _layout.OffsetOf(ForestSection.InverseNorms));
        _vectors = (float*)(_start + _layout.OffsetOf(ForestSection.Vectors));
        _trees = (long*)(_start + _layout.OffsetOf(ForestSection.Trees));
        _nodes = (TreeNode*)(_start + _layout.OffsetOf(ForestSection.Nodes));
        _items = (int*)(_start + _layout.OffsetOf(ForestSection.Items));
        _planes = (float*)(_start + _layout.OffsetOf(ForestSection.Planes));
        Count = (int)_layout.Count;
        Stride = _layout.Stride;
        if (verify)
        {
            ThrowIfDamaged(header, name);
        }

        ThrowIfUnsound(name);
        IdsAreRows = Count == 0 || _ids[Count - 1] == Count - 1;
    }

    public ForestMemory Memory { get; }

    public int Count { get; }

    public int Dimensions => _layout.Dimensions;

    /// <summary>The length of a padded row.</summary>
    public int Stride { get; }

    public int TreeCount => _layout.TreeCount;

    public int LeafSize => _layout.LeafSize;

    public long FileLength => _layout.FileLength;

    /// <summary>The ids, ascending, in the order of the rows.</summary>
    public ReadOnlySpan<int> Ids => new(_ids, Count);

    /// <summary>Whether the ids are 0, 1, 2, … without a gap.</summary>
    public bool IdsAreRows { get; }

    public string Stamp => Encoding.UTF8.GetString(_start + _layout.OffsetOf(ForestSection.Stamp), _layout.StampLength);

    public float* Vector(int row) => _vectors + ((long)row * Stride);

    public float InverseNorm(int row) => _inverseNorms[row];

    /// <summary>The first node of a tree.</summary>
    public TreeNode* Nodes(int tree) => _nodes + _trees[2 * tree];

    /// <summary>The first plane of a tree.</summary>
    public float* Planes(int tree) => _planes + (_trees[(2 * tree) + 1] * Stride);

    /// <summary>The items of a tree: all rows, grouped by leaf.</summary>
    public int* Items(int tree) => _items + ((long)tree * Count);

    /// <summary>The row of an id, negative when it is not among the ids.</summary>
    public int RowOf(int id) => IdsAreRows ? (uint)id < (uint)Count ? id : -1 : Ids.BinarySearch(id);

    private void ThrowIfDamaged(ReadOnlySpan<byte> header, string name)
    {
        const int chunk = 1 << 26;
        var hash = new XxHash128();
        Span<byte> actual = stackalloc byte[ForestLayout.HashLength];
        for (ForestSection section = ForestSection.Stamp; (int)section <= ForestLayout.SectionCount; section++)
        {
            byte* bytes = _start + _layout.OffsetOf(section);
            for (long left = _layout.PaddedLengthOf(section); left > 0; left -= chunk, bytes += chunk)
            {
                hash.Append(new ReadOnlySpan<byte>(bytes, (int)Math.Min(left, chunk)));
            }

            hash.GetHashAndReset(actual);
            if (!actual.SequenceEqual(ForestLayout.HashOf(header, section)))
            {
                throw ForestLayout.Refusal(name, $"the section {section} is damaged (its checksum differs)");
            }
        }
    }

    /// <summary>Checks every number that a search follows, so that none leads outside the file or round in a circle.</summary>
    private void ThrowIfUnsound(string name)
    {
        for (int row = 0; row < Count; row++)
        {
            if (_ids[row] < 0 || (row > 0 && _ids[row] <= _ids[row - 1]))
            {
                throw ForestLayout.Refusal(name, $"the ids do not ascend at row {row}");
            }
        }

        if (_trees[0] != 0 || _trees[1] != 0 || _trees[2 * TreeCount] != _layout.NodeCount || _trees[(2 * TreeCount) + 1] != _layout.PlaneCount)
        {
            throw ForestLayout.Refusal(name, "the trees do not hold all nodes and planes");
        }

        var secondChildren = new Stack<int>();
        for (int tree = 0; tree < TreeCount; tree++)
        {
            long nodes = _trees[(2 * tree) + 2] - _trees[2 * tree];
            long planes = _trees[(2 * tree) + 3] - _trees[(2 * tree) + 1];
            if (nodes is < 1 or > int.MaxValue || planes is < 0 or > int.MaxValue
                || _trees[(2 * tree) + 2] > _layout.NodeCount || _trees[(2 * tree) + 3] > _layout.PlaneCount
                || !IsSound(tree, (int)nodes, (int)planes, secondChildren))
            {
                throw ForestLayout.Refusal(name, $"the structure of tree {tree} is not sound");
            }
        }
    }

    private bool IsSound(int tree, int nodeCount, int planeCount, Stack<int> secondChildren)
    {
        TreeNode* nodes = Nodes(tree);
        int planes = 0, items = 0;
        secondChildren.Clear();
        for (int i = 0; i < nodeCount; i++)
        {
            TreeNode node = nodes[i];
            if (node.Plane == TreeNode.Leaf)
            {
                bool isLast = !secondChildren.TryPop(out int next);
                if (node.First != items || node.Second < 0 || node.Second > Count - items || next != (isLast ? 0 : i + 1) || isLast != (i == nodeCount - 1))
                {
                    return false;
                }

                items += node.Second;
                continue;
            }

            if ((node.Plane != TreeNode.Halved && node.Plane != planes++) || node.First != i + 1 || node.Second <= node.First || node.Second >= nodeCount)
            {
                return false;
            }

            secondChildren.Push(node.Second);
        }

        int* rows = Items(tree);
        for (int i = 0; i < Count; i++)
        {
            if ((uint)rows[i] >= (uint)Count)
            {
                return false;
            }
        }

        return items == Count && planes == planeCount && secondChildren.Count == 0;
    }
}
