namespace ArtSimilarity.Annoy.Searching;

/// <summary>The subtrees not visited yet, of all trees in one binary heap, the most promising first.</summary>
internal sealed class Frontier
{
    private Entry[] _heap = new Entry[256];
    private int _count;

    public void Clear() => _count = 0;

    public void Push(float priority, int tree, int node)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * _count);
        }

        Entry[] heap = _heap;
        int at = _count++;
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (heap[parent].Priority >= priority)
            {
                break;
            }

            heap[at] = heap[parent];
            at = parent;
        }

        heap[at] = new Entry(priority, tree, node);
    }

    public bool TryPop(out Entry top)
    {
        if (_count == 0)
        {
            top = default;
            return false;
        }

        Entry[] heap = _heap;
        top = heap[0];
        Entry last = heap[--_count];
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && heap[child + 1].Priority > heap[child].Priority)
            {
                child++;
            }

            if (last.Priority >= heap[child].Priority)
            {
                break;
            }

            heap[at] = heap[child];
            at = child;
        }

        heap[at] = last;
        return true;
    }

    /// <summary>A subtree, and how far the query lies on the other side of the planes that lead to it (0 or negative).</summary>
    public readonly record struct Entry(float Priority, int Tree, int Node);
}
