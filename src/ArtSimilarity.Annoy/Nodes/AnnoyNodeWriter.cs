using System.Runtime.InteropServices;

namespace ArtSimilarity.Annoy.Nodes;

/// <summary>Writes the nodes of a file with the angular metric, one after the other: items, trees, and a copy of every root.</summary>
internal sealed class AnnoyNodeWriter
{
    private const int ChildrenOffset = 4;

    private readonly Stream _stream;
    private readonly AnnoyItems _items;
    private readonly int _maxNodes;
    private readonly int _vectorOffset;
    private readonly byte[] _node;
    private readonly List<byte[]> _roots = [];
    private long _written;

    public AnnoyNodeWriter(Stream stream, AnnoyItems items, int maxNodes)
    {
        _stream = stream;
        _items = items;
        _maxNodes = maxNodes;
        var format = new AngularNodes(items.Dimensions);
        _vectorOffset = format.VectorOffset;
        _node = new byte[format.NodeLength];
        LeafCapacity = format.LeafCapacity;
    }

    public int LeafCapacity { get; }

    /// <exception cref="ArgumentException">There are too many nodes, whatever the trees will be.</exception>
    public void WriteItems(int trees, CancellationToken cancellationToken)
    {
        ThrowIfTooMany(_items.NodeCount + (2L * trees));
        int next = 0;
        for (int id = 0; id < _items.NodeCount; id++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _node.AsSpan().Clear();
            if (_items.Ids[next] == id)
            {
                Words[0] = 1;
                SetVector(_items[next++]);
            }

            Append();
        }
    }

    /// <summary>Writes a node that belongs to no tree, so that Annoy never looks at it.</summary>
    /// <param name="content">What it holds: as many bytes as a node has, without the number of descendants that it begins with, or fewer.</param>
    public void WriteUnreached(ReadOnlySpan<byte> content)
    {
        _node.AsSpan().Clear();
        content.CopyTo(_node.AsSpan(ChildrenOffset));
        Append();
    }

    /// <exception cref="ArgumentException">There are too many nodes.</exception>
    public void WriteTree(AnnoyTree tree, int treesLeft)
    {
        long first = _written;
        ThrowIfTooMany(first + tree.Nodes.Count + (2L * treesLeft) - 1);
        foreach (AnnoyTreeNode node in tree.Nodes)
        {
            _node.AsSpan().Clear();
            Words[0] = node.Descendants;
            Span<int> children = Words[(ChildrenOffset / sizeof(int))..];
            if (node.Plane == AnnoyTreeNode.Leaf)
            {
                for (int i = 0; i < node.Second; i++)
                {
                    children[i] = _items.Ids[tree.Order[node.First + i]];
                }
            }
            else
            {
                SetVector(tree.Planes[node.Plane]);
                children[0] = Place(node.First, first);
                children[1] = Place(node.Second, first);
            }

            Append();
        }

        _roots.Add([.. _node]);
    }

    public void WriteRoots()
    {
        foreach (byte[] root in _roots)
        {
            _stream.Write(root);
        }
    }

    private Span<int> Words => MemoryMarshal.Cast<byte, int>(_node.AsSpan());

    private void SetVector(ReadOnlySpan<float> vector) => vector.CopyTo(MemoryMarshal.Cast<byte, float>(_node.AsSpan(_vectorOffset)));

    private static int Place(int child, long firstOfTree) => child >= 0 ? child : (int)(firstOfTree + ~child);

    private void Append()
    {
        _stream.Write(_node);
        _written++;
    }

    private void ThrowIfTooMany(long nodes)
    {
        if (nodes > _maxNodes)
        {
            throw new ArgumentException($"The file would need at least {nodes} nodes, and Annoy numbers no more than {_maxNodes}: fewer trees, fewer vectors or denser ids are needed.");
        }
    }
}
