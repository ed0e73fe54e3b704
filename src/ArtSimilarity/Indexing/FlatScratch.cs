namespace ArtSimilarity.Indexing;

/// <summary>The buffers of one search; they only grow.</summary>
internal sealed class FlatScratch
{
    private float[] _scores = [], _queries = [], _heap = [];
    private int[] _candidates = [];

    public Span<float> Scores(int length) => Grown(ref _scores, length);

    public Span<float> Queries(int length) => Grown(ref _queries, length);

    public Span<float> Heap(int length) => Grown(ref _heap, length);

    public Span<int> Candidates(int length) => Grown(ref _candidates, length);

    private static Span<T> Grown<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<T>(length);
        }

        return buffer.AsSpan(0, length);
    }
}
