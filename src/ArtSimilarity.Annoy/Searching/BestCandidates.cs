namespace ArtSimilarity.Annoy.Searching;

/// <summary>The best of the vectors offered: a bounded heap with the worst kept at its top.</summary>
internal sealed class BestCandidates
{
    private Candidate[] _heap = [];
    private int _capacity;
    private int _count;

    public ReadOnlySpan<Candidate> Kept => _heap.AsSpan(0, _count);

    public void Clear(int capacity)
    {
        if (_heap.Length < capacity)
        {
            _heap = new Candidate[Math.Max(capacity, 2 * _heap.Length)];
        }

        _capacity = capacity;
        _count = 0;
    }

    public void Offer(Candidate candidate)
    {
        Candidate[] heap = _heap;
        if (_count < _capacity)
        {
            int at = _count++;
            while (at > 0 && candidate.IsWorseThan(heap[(at - 1) / 2]))
            {
                heap[at] = heap[(at - 1) / 2];
                at = (at - 1) / 2;
            }

            heap[at] = candidate;
        }
        else if (heap[0].IsWorseThan(candidate))
        {
            int at = 0;
            while (true)
            {
                int child = (2 * at) + 1;
                if (child >= _count)
                {
                    break;
                }

                if (child + 1 < _count && heap[child + 1].IsWorseThan(heap[child]))
                {
                    child++;
                }

                if (!heap[child].IsWorseThan(candidate))
                {
                    break;
                }

                heap[at] = heap[child];
                at = child;
            }

            heap[at] = candidate;
        }
    }

    /// <summary>A vector with its cosine (times a factor common to all), its id and where it lies: a row of the forest, or ~row of the added ones.</summary>
    public readonly record struct Candidate(float Score, int Id, int Place)
    {
        public bool IsWorseThan(Candidate other) => Score < other.Score || (Score == other.Score && Id > other.Id);
    }
}
