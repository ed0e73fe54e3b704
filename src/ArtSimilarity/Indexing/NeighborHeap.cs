namespace ArtSimilarity.Indexing;

/// <summary>Keeps the k nearest of the neighbours offered, in the caller's own span: bounded selection instead of a full sort.</summary>
internal ref struct NeighborHeap(Span<Neighbor> places)
{
    private readonly Span<Neighbor> _places = places; // a heap with the farthest on top
    private int _count;

    /// <summary>Whether as many are kept as there are places.</summary>
    public readonly bool IsFull => _count == _places.Length;

    /// <summary>The farthest of those that are kept; there must be one.</summary>
    public readonly Neighbor Farthest => _places[0];

    public void Offer(Neighbor neighbor)
    {
        if (_count < _places.Length)
        {
            int place = _count++;
            while (place > 0 && _places[(place - 1) / 2] < neighbor)
            {
                _places[place] = _places[(place - 1) / 2];
                place = (place - 1) / 2;
            }

            _places[place] = neighbor;
        }
        else if (neighbor < _places[0])
        {
            int hole = 0;
            for (int child = 1; child < _count; child = (2 * hole) + 1)
            {
                if (child + 1 < _count && _places[child + 1] > _places[child])
                {
                    child++;
                }

                if (_places[child] <= neighbor)
                {
                    break;
                }

                _places[hole] = _places[child];
                hole = child;
            }

            _places[hole] = neighbor;
        }
    }

    /// <summary>Orders what was kept, nearest first, and returns how many there are.</summary>
    public readonly int Sort()
    {
        _places[.._count].Sort();
        return _count;
    }
}
