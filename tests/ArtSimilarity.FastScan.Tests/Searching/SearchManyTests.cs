using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Searching;

public class SearchManyTests
{
    private const int Dimensions = 19;

    private static readonly Neighbor Untouched = new(-7, -7);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(-1)]
    public void The_answers_are_those_of_one_search_each(int threads)
    {
        using FastScanIndex index = Build(threads);
        float[] queries = Queries(60);
        IdSet?[] filters = [null, new IdSet(Enumerable.Range(0, 1500).Where(id => id % 3 == 0)), new IdSet([4, 5, 1_000_000]), new IdSet()];
        FastScanSearchSettings?[] all = [null, new FastScanSearchSettings(100, 30), FastScanSearchSettings.Exact];
        foreach (IdSet? filter in filters)
        {
            foreach (FastScanSearchSettings? settings in all)
            {
                const int k = 13;
                Neighbor[] results = Places(60 * k);
                int[] counts = new int[60];
                index.SearchMany(queries, k, results, counts, filter, settings, Cancellation);
                for (int q = 0; q < 60; q++)
                {
                    Assert.Equal(Answer(index, queries, q, k, filter, settings), results.Skip(q * k).Take(counts[q]));
                    Assert.All(results[((q * k) + counts[q])..((q + 1) * k)], place => Assert.Equal(Untouched, place));
                }
            }
        }
    }

    [Fact]
    public void No_queries_are_no_work()
    {
        using FastScanIndex index = Build();
        index.SearchMany(ReadOnlyMemory<float>.Empty, 5, Memory<Neighbor>.Empty, Memory<int>.Empty, cancellationToken: Cancellation);
    }

    [Theory]
    [InlineData(Dimensions + 1, 3, 3, 1)]
    [InlineData(Dimensions - 1, 3, 3, 1)]
    [InlineData(2 * Dimensions, 3, 5, 2)]
    [InlineData(2 * Dimensions, 3, 7, 2)]
    [InlineData(2 * Dimensions, 3, 6, 1)]
    [InlineData(2 * Dimensions, 3, 6, 3)]
    [InlineData(0, 3, 3, 0)]
    [InlineData(0, 3, 0, 1)]
    [InlineData(2 * Dimensions, int.MaxValue, 6, 2)]
    public void Lengths_that_do_not_fit_are_refused(int numbers, int k, int places, int counts)
    {
        using FastScanIndex index = Build();
        Assert.Throws<ArgumentException>(() => index.SearchMany(new float[numbers], k, new Neighbor[places], new int[counts], cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Less_than_one_neighbour_is_refused(int k)
    {
        using FastScanIndex index = Build();
        Assert.Throws<ArgumentOutOfRangeException>(() => index.SearchMany(new float[Dimensions], k, Memory<Neighbor>.Empty, new int[1], cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1e30f)]
    public void A_query_that_cannot_be_compared_is_refused_before_anything_is_written(float number)
    {
        using FastScanIndex index = Build();
        float[] queries = Queries(40);
        queries[^1] = number;
        Neighbor[] results = Places(40 * 3);
        int[] counts = [.. Enumerable.Repeat(-7, 40)];
        Assert.Throws<ArgumentException>(() => index.SearchMany(queries, 3, results, counts, cancellationToken: Cancellation));
        Assert.All(results, place => Assert.Equal(Untouched, place));
        Assert.All(counts, count => Assert.Equal(-7, count));
    }

    [Fact]
    public void A_cancelled_search_writes_nothing()
    {
        using FastScanIndex index = Build();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Neighbor[] results = Places(40 * 3);
        Assert.ThrowsAny<OperationCanceledException>(() => index.SearchMany(Queries(40), 3, results, new int[40], cancellationToken: source.Token));
        Assert.All(results, place => Assert.Equal(Untouched, place));
    }

    [Fact]
    public async Task What_was_written_before_a_cancellation_is_whole()
    {
        const int count = 20_000, k = 3;
        using FastScanIndex index = Build();
        float[] queries = Queries(count);
        Neighbor[] results = Places(count * k);
        int[] counts = [.. Enumerable.Repeat(-7, count)];
        using var source = new CancellationTokenSource();
        Task search = Task.Run(() => index.SearchMany(queries, k, results, counts, cancellationToken: source.Token), Cancellation);
        while (!counts.Any(n => Volatile.Read(ref n) != -7) && !search.IsCompleted)
        {
            await Task.Yield();
        }

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);
        Assert.InRange(counts.Count(n => n == k), 1, count - 1);
        for (int q = 0; q < count; q++)
        {
            Neighbor[] places = results[(q * k)..((q + 1) * k)];
            if (counts[q] == -7)
            {
                Assert.All(places, place => Assert.Equal(Untouched, place));
            }
            else
            {
                Assert.Equal(Answer(index, queries, q, k, null, null), places);
            }
        }
    }

    [Fact]
    public void A_disposed_index_says_so()
    {
        FastScanIndex index = Build();
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.SearchMany(Queries(4), 3, Places(12), new int[4], cancellationToken: Cancellation));
    }

    private static FastScanIndex Build(int threads = 2) =>
        new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 10, MaxDegreeOfParallelism = threads }).Build(TestVectors.Random(1500, Dimensions, seed: 6));

    private static float[] Queries(int count)
    {
        VectorSet queries = TestVectors.Random(count, Dimensions, seed: 70);
        return [.. Enumerable.Range(0, count).SelectMany(q => queries[q].ToArray())];
    }

    private static Neighbor[] Places(int count) => [.. Enumerable.Repeat(Untouched, count)];

    private static Neighbor[] Answer(FastScanIndex index, float[] queries, int query, int k, IdSet? filter, FastScanSearchSettings? settings)
    {
        var results = new Neighbor[k];
        ReadOnlySpan<float> vector = queries.AsSpan(query * Dimensions, Dimensions);
        return results[..(settings is FastScanSearchSettings own ? index.Search(vector, results, filter, own) : index.Search(vector, results, filter))];
    }
}
