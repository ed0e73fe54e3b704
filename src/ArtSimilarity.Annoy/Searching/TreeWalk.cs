using System.Runtime.CompilerServices;
using ArtSimilarity.Annoy.Nodes;

namespace ArtSimilarity.Annoy.Searching;

/// <summary>
/// Walks all trees best-first through one queue, as Annoy does, until enough candidates are in. Where Annoy sorts a list to find
/// what came more than once, a bit per item tells it here.
/// </summary>
internal sealed unsafe class TreeWalk
{
    private ulong[] _found = [];
    private int _words;

    /// <summary>A heap with the greatest on top: the priority's bits, made to order as integers do, above the node's number.</summary>
    private long[] _queue = new long[256];
    private int _queued;

    /// <summary>One bit for each item that was collected; the ids ascend, as in Annoy's list once it is sorted.</summary>
    public Span<ulong> Found => _found.AsSpan(0, _words);

    /// <summary>Forgets what was collected.</summary>
    public void Clear() => Found.Clear();

    /// <summary>Makes room for the bits of as many items.</summary>
    public void Prepare(int items)
    {
        int words = (int)((items + 63L) / 64);
        if (_found.Length < words)
        {
            _found = new ulong[words];
        }

        _words = words;
    }

    /// <summary>Collects candidates; an item that comes more than once counts every time, as in Annoy.</summary>
    /// <exception cref="Indexing.VectorIndexFileException">The walk met a damaged node.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Collect(AnnoyNodes nodes, ReadOnlySpan<int> roots, byte* query, long wanted)
    {
        NodeFormat format = nodes.Format;
        int items = nodes.ItemCount, capacity = format.LeafCapacity, splits = 0;
        long collected = 0;
        Prepare(items);
        _queued = 0;
        foreach (int root in roots)
        {
            Push(format.FirstPriority, root);
        }

        fixed (ulong* found = _found)
        {
            while (collected < wanted && _queued > 0)
            {
                (float priority, int node) = Pop();
                int descendants = nodes.Descendants(node);
                if (descendants < 0)
                {
                    throw nodes.Damaged(node, $"it says it holds {descendants} items");
                }

                if (descendants == 1 && node < items)
                {
                    found[node >> 6] |= 1UL << node;
                    collected++;
                }
                else if (descendants <= capacity)
                {
                    int* children = nodes.Children(node);
                    for (int i = 0; i < descendants; i++)
                    {
                        int child = children[i];
                        if ((uint)child >= (uint)items)
                        {
                            throw nodes.Damaged(node, $"it lists {child} as an item");
                        }

                        found[child >> 6] |= 1UL << child;
                    }

                    collected += descendants;
                }
                else
                {
                    // No tree holds a node twice, and no two trees share one: a walk that splits more often than there are nodes goes round.
                    if (++splits > nodes.NodeCount)
                    {
                        throw nodes.Damaged(node, "the trees run in a circle");
                    }

                    float margin = format.Margin(nodes.Node(node), query);
                    if (float.IsNaN(margin))
                    {
                        throw nodes.Damaged(node, "its plane makes no sense");
                    }

                    for (int side = 1; side >= 0; side--)
                    {
                        int child = nodes.Child(node, side);
                        if ((uint)child >= (uint)nodes.NodeCount)
                        {
                            throw nodes.Damaged(node, $"its child is {child}");
                        }

                        Push(format.ChildPriority(priority, margin, side), child);
                    }
                }
            }
        }
    }

    private void Push(float priority, int node)
    {
        // Adding 0 makes −0 the 0 that it equals.
        int bits = BitConverter.SingleToInt32Bits(priority + 0f);
        long entry = ((long)(bits ^ ((bits >> 31) & int.MaxValue)) << 32) | (uint)node;
        if (_queued == _queue.Length)
        {
            Array.Resize(ref _queue, 2 * _queued);
        }

        long[] queue = _queue;
        int place = _queued++;
        while (place > 0 && queue[(place - 1) / 2] < entry)
        {
            queue[place] = queue[(place - 1) / 2];
            place = (place - 1) / 2;
        }

        queue[place] = entry;
    }

    private (float Priority, int Node) Pop()
    {
        long[] queue = _queue;
        long top = queue[0], last = queue[--_queued];
        int hole = 0;
        for (int child = 1; child < _queued; child = (2 * hole) + 1)
        {
            if (child + 1 < _queued && queue[child + 1] > queue[child])
            {
                child++;
            }

            if (queue[child] <= last)
            {
                break;
            }

            queue[hole] = queue[child];
            hole = child;
        }

        queue[hole] = last;
        int bits = (int)(top >> 32);
        return (BitConverter.Int32BitsToSingle(bits ^ ((bits >> 31) & int.MaxValue)), (int)top);
    }
}
