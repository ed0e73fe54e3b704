using System.Diagnostics;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Tuning;

/// <summary>Vectors drawn from a set, to search the others with.</summary>
internal sealed class HeldOutQueries
{
    /// <summary>Ranks are known up to this many times k, and this number at least: of what lies behind, hardly anything counts.</summary>
    private const int RanksPerNeighbor = 4, FewestRanks = 1000;

    private const int QueriesAtOnce = 32;

    /// <summary>How many exact searches are timed.</summary>
    private const int TimedSearches = 50;

    private readonly VectorSet _vectors;
    private readonly int[] _queryRows;

    /// <param name="vectors">The vectors.</param>
    /// <param name="count">How many become queries.</param>
    /// <param name="below">Draws a number from 0 to below another.</param>
    public HeldOutQueries(VectorSet vectors, int count, Func<int, int> below)
    {
        _vectors = vectors;
        int[] rows = new int[vectors.Count];
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = row;
        }

        // The beginning of a shuffle (Fisher and Yates).
        for (int i = 0; i < count; i++)
        {
            int other = i + below(rows.Length - i);
            (rows[i], rows[other]) = (rows[other], rows[i]);
        }

        _queryRows = rows[..count];
    }

    /// <summary>The vectors that are no queries.</summary>
    public VectorSet CopyOthers()
    {
        var others = new VectorSet(_vectors.Dimensions);
        foreach (int row in OtherRows())
        {
            others.Add(_vectors.Ids.Slice(row, 1), _vectors[row]);
        }

        return others;
    }

    /// <summary>Compares the queries with all other vectors.</summary>
    /// <param name="maxK">The greatest number of neighbours that will be searched for.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>Two halves of the queries, and the time of an exact search on one thread.</returns>
    public (KnownQueries First, KnownQueries Second, Estimate ExactMilliseconds) Answer(int maxK, int threads, CancellationToken cancellationToken)
    {
        using var exact = new FlatIndex(_vectors.Dimensions);
        foreach (int row in OtherRows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            exact.Add(_vectors.Ids.Slice(row, 1), _vectors[row]);
        }

        int known = (int)Math.Min(exact.Count, Math.Max(FewestRanks, (long)maxK * RanksPerNeighbor));
        float[][] queries = [.. _queryRows.Select(row => _vectors[row].ToArray())];
        List<Dictionary<int, int>> ranks = [];
        var results = new Neighbor[QueriesAtOnce * known];
        foreach (float[][] some in queries.Chunk(QueriesAtOnce))
        {
            exact.SearchMany(
                some.SelectMany(query => query).ToArray(), known, results.AsMemory(0, some.Length * known), new int[some.Length], null, threads, cancellationToken);
            for (int q = 0; q < some.Length; q++)
            {
                var rankOf = new Dictionary<int, int>(known);
                foreach (Neighbor neighbor in results.AsSpan(q * known, known))
                {
                    rankOf.Add(neighbor.Id, rankOf.Count + 1);
                }

                ranks.Add(rankOf);
            }
        }

        double[] times = new double[Math.Min(TimedSearches, queries.Length)];
        for (int q = 0; q < times.Length; q++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            exact.Search(queries[q], results.AsSpan(0, maxK));
            times[q] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        int half = queries.Length / 2;
        return (new KnownQueries(queries[..half], [.. ranks[..half]]), new KnownQueries(queries[half..], [.. ranks[half..]]), Estimate.OfMedian(times));
    }

    private IEnumerable<int> OtherRows()
    {
        HashSet<int> queries = [.. _queryRows];
        return Enumerable.Range(0, _vectors.Count).Where(row => !queries.Contains(row));
    }
}
