using System.Numerics;
using System.Runtime.CompilerServices;
using ArtSimilarity.Metrics;
using ArtSimilarity.Numerics;

namespace ArtSimilarity.Indexing;

/// <summary>
/// Exact k-nearest-neighbour search in two passes: a SIMD scan in single precision, then double precision for every row whose
/// score lies within the scan's rounding error of the k-th best.
/// </summary>
internal static unsafe class FlatScan
{
    /// <summary>Queries that pass over the rows together.</summary>
    public const int QueriesPerTile = 16;

    /// <summary>Rows are scored in strips of this many bytes, which stay in the second-level cache for all queries of a tile.</summary>
    private const int StripBytes = 256 * 1024;

    /// <summary>Finds the nearest of the rows selected, and returns how many it found.</summary>
    public static int Search(
        in RowSelection rows, ISimilarityMetric metric, ReadOnlySpan<float> query, FlatScratch scratch, Span<Neighbor> results, CancellationToken cancellationToken = default)
    {
        results = results[..Math.Min(results.Length, rows.Count)];
        if (results.IsEmpty)
        {
            return 0;
        }

        Span<float> scores = scratch.Scores(rows.Count);
        double norm = FixedOrderSum.Norm(query);
        if (metric.Measure is not VectorMeasure measure)
        {
            CompareAll(rows, metric, query, scores, cancellationToken);
            return Select(rows, metric, query, norm, scores, KthSmallest(scores, scratch.Heap(results.Length)), results);
        }

        Span<float> prepared = scratch.Queries(query.Length);
        double preparedNorm = measure.PrepareQuery(query, norm, prepared);
        fixed (float* q = prepared)
        {
            measure.Scan(rows, q, scores, cancellationToken);
        }

        return Select(rows, metric, query, norm, scores, BoundOfScores(rows.Rows, measure, scores, preparedNorm, scratch, results.Length), results);
    }

    /// <summary>The same for up to <see cref="QueriesPerTile"/> queries at once; k is the results' length over the queries'.</summary>
    public static void SearchTile(in RowSelection rows, ISimilarityMetric metric, ReadOnlySpan<float> queries, FlatScratch scratch, Span<Neighbor> results, Span<int> counts)
    {
        int dimensions = rows.Rows.Vectors.Dimensions;
        int k = results.Length / counts.Length;
        if (metric.Measure is not VectorMeasure measure)
        {
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] = Search(rows, metric, queries.Slice(i * dimensions, dimensions), scratch, results.Slice(i * k, k));
            }

            return;
        }

        Span<double> norms = stackalloc double[QueriesPerTile];
        Span<double> preparedNorms = stackalloc double[QueriesPerTile];
        Span<float> scores = ScoreTile(rows, measure, queries, counts.Length, scratch, norms, preparedNorms);
        int found = Math.Min(k, rows.Count);
        for (int i = 0; i < counts.Length; i++)
        {
            ReadOnlySpan<float> ofQuery = scores.Slice(i * rows.Count, rows.Count);
            counts[i] = found == 0 ? 0 : Select(
                rows,
                metric,
                queries.Slice(i * dimensions, dimensions),
                norms[i],
                ofQuery,
                BoundOfScores(rows.Rows, measure, ofQuery, preparedNorms[i], scratch, found),
                results.Slice(i * k, found));
        }
    }

    /// <summary>
    /// Orders all rows for each of up to <see cref="QueriesPerTile"/> queries by their single-precision scores, equal ones by row: a
    /// whole ranking at the price of a scan. <paramref name="visit"/> gets the query's number and the rows, nearest first.
    /// </summary>
    public static void RankTile(FlatRows rows, ISimilarityMetric metric, ReadOnlySpan<float> queries, FlatScratch scratch, Action<int, int[]> visit)
    {
        int dimensions = rows.Vectors.Dimensions;
        int queryCount = queries.Length / dimensions;
        var all = new RowSelection(rows);
        VectorMeasure? measure = metric.Measure;
        Span<double> norms = stackalloc double[QueriesPerTile];
        Span<float> scores = measure is null ? [] : ScoreTile(all, measure, queries, queryCount, scratch, norms, stackalloc double[QueriesPerTile]);
        float[] keys = new float[rows.Count];
        int[] ranking = new int[rows.Count];
        for (int query = 0; query < queryCount; query++)
        {
            ReadOnlySpan<float> vector = queries.Slice(query * dimensions, dimensions);
            if (measure is null)
            {
                CompareAll(all, metric, vector, keys, CancellationToken.None);
            }
            else
            {
                scores.Slice(query * rows.Count, rows.Count).CopyTo(keys);
            }

            for (int row = 0; row < rows.Count; row++)
            {
                ranking[row] = row;
                if (measure is not null && float.IsNaN(keys[row]))
                {
                    keys[row] = measure.ScoreOf(measure.Of(vector, norms[query], rows.Vectors[row], rows.NormOf(row)));
                }
            }

            Array.Sort(keys, ranking);
            OrderEqualKeysByRow(keys, ranking);
            visit(query, ranking);
        }
    }

    /// <summary>One query against the rows selected.</summary>
    public static void ScoreOne<TTerm>(in RowSelection rows, float* query, Span<float> scores, CancellationToken cancellationToken)
        where TTerm : struct, IScanTerm
    {
        FlatRows all = rows.Rows;
        int dimensions = all.Vectors.Dimensions;
        if (rows.IsAll)
        {
            int perBlock = all.Vectors.RowsPerBlock;
            for (int first = 0; first < all.Count; first += perBlock)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int inBlock = Math.Min(perBlock, all.Count - first);
                ReadOnlySpan<float> scales = all.Scales[first / perBlock];
                fixed (float* block = all.Vectors.RowsOfBlock(first / perBlock, inBlock))
                {
                    for (int row = 0; row < inBlock; row++)
                    {
                        scores[first + row] = ScanKernel.One<TTerm>(query, block + ((long)row * dimensions), dimensions) * scales[row];
                    }
                }
            }

            return;
        }

        for (int i = 0; i < rows.Count; i++)
        {
            ThrowNowAndThen(i, cancellationToken);
            int row = rows[i];
            fixed (float* vector = all.Vectors[row])
            {
                scores[i] = ScanKernel.One<TTerm>(query, vector, dimensions) * all.ScaleOf(row);
            }
        }
    }

    /// <summary>A multiple of four queries against the rows selected: [query × count + row].</summary>
    public static void ScoreTile<TTerm>(in RowSelection rows, float* queries, int queryCount, Span<float> scores)
        where TTerm : struct, IScanTerm
    {
        FlatRows all = rows.Rows;
        int count = rows.Count;
        int dimensions = all.Vectors.Dimensions;
        int strip = Math.Max(2, StripBytes / (sizeof(float) * dimensions) & ~1);
        float* eight = stackalloc float[8];
        for (int from = 0; from < count; from += strip)
        {
            int to = Math.Min(count, from + strip);
            for (int query = 0; query < queryCount; query += 4)
            {
                float* q = queries + ((long)query * dimensions);
                for (int i = from; i < to; i += 2)
                {
                    int j = Math.Min(i + 1, count - 1); // past the end the last row stands in
                    int row0 = rows[i], row1 = rows[j];
                    fixed (float* r0 = all.Vectors[row0])
                    fixed (float* r1 = all.Vectors[row1])
                    {
                        ScanKernel.FourByTwo<TTerm>(q, q + dimensions, q + (2 * dimensions), q + (3 * dimensions), r0, r1, dimensions, eight);
                    }

                    float scale0 = all.ScaleOf(row0), scale1 = all.ScaleOf(row1);
                    for (int n = 0; n < 4; n++)
                    {
                        int place = ((query + n) * count) + i;
                        scores[place] = eight[2 * n] * scale0;
                        if (j > i)
                        {
                            scores[place + 1] = eight[(2 * n) + 1] * scale1;
                        }
                    }
                }
            }
        }
    }

    /// <summary>Scores all queries of a tile: [query × count + row]. Notes the length of each, and of each as it was compared.</summary>
    private static Span<float> ScoreTile(
        in RowSelection rows, VectorMeasure measure, ReadOnlySpan<float> queries, int queryCount, FlatScratch scratch, Span<double> norms, Span<double> preparedNorms)
    {
        int dimensions = rows.Rows.Vectors.Dimensions;

        // The kernel takes four queries at a time: the last one is repeated to fill it.
        int padded = (queryCount + 3) & ~3;
        Span<float> scores = scratch.Scores(padded * rows.Count);
        Span<float> prepared = scratch.Queries(padded * dimensions);
        for (int i = 0; i < padded; i++)
        {
            ReadOnlySpan<float> query = queries.Slice(Math.Min(i, queryCount - 1) * dimensions, dimensions);
            norms[i] = FixedOrderSum.Norm(query);
            preparedNorms[i] = measure.PrepareQuery(query, norms[i], prepared[(i * dimensions)..]);
        }

        fixed (float* q = prepared)
        {
            measure.ScanTile(rows, q, padded, scores);
        }

        return scores;
    }

    /// <summary>The distances of the rows selected, by a metric that declares no measure.</summary>
    private static void CompareAll(in RowSelection rows, ISimilarityMetric metric, ReadOnlySpan<float> query, Span<float> distances, CancellationToken cancellationToken)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            ThrowNowAndThen(i, cancellationToken);
            distances[i] = rows.Rows.DistanceTo(rows[i], metric, null, query, 0);
        }
    }

    private static void OrderEqualKeysByRow(ReadOnlySpan<float> keys, Span<int> ranking)
    {
        for (int start = 0, end; start < keys.Length; start = end)
        {
            end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
            {
                end++;
            }

            ranking[start..end].Sort();
        }
    }

    /// <summary>Asks for cancellation once in some thousand rows, which take a millisecond.</summary>
    private static void ThrowNowAndThen(int row, CancellationToken cancellationToken)
    {
        const int rows = 2048;
        if (row % rows == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The nearest of the rows whose score is not above the bound, by their exact distances.</summary>
    private static int Select(in RowSelection rows, ISimilarityMetric metric, ReadOnlySpan<float> query, double norm, ReadOnlySpan<float> scores, float bound, Span<Neighbor> results)
    {
        VectorMeasure? measure = metric.Measure;
        var nearest = new NeighborHeap(results);
        ReadOnlySpan<int> ids = rows.Rows.Vectors.Ids;
        for (int i = NextNotAbove(scores, 0, bound); i < scores.Length; i = NextNotAbove(scores, i + 1, bound))
        {
            int row = rows[i];
            float distance = measure is null ? scores[i] : rows.Rows.DistanceTo(row, metric, measure, query, norm);
            nearest.Offer(new Neighbor(ids[row], distance));
        }

        return nearest.Sort();
    }

    /// <summary>
    /// The score below which a row may belong to the k nearest: the k-th best plus twice what rounding may have done. A sum over d
    /// terms in L lanes is off by at most about (d/L + log₂L)·2⁻²⁴ times the sum of the terms' magnitudes.
    /// </summary>
    private static float BoundOfScores(FlatRows rows, VectorMeasure measure, ReadOnlySpan<float> scores, double queryNorm, FlatScratch scratch, int k)
    {
        int dimensions = rows.Vectors.Dimensions;
        double unit = ((dimensions / (double)ScanKernel.Lanes) + ScanKernel.Lanes + 16) * Math.ScaleB(1, -24);
        double underflow = dimensions * 1e-44;
        return MathF.BitIncrement((float)measure.BoundOf(KthSmallest(scores, scratch.Heap(k)), unit, underflow, queryNorm * rows.MaxNorm));
    }

    /// <summary>The k-th smallest score, NaN left out; infinity when there are fewer than k, the length of the heap.</summary>
    private static float KthSmallest(ReadOnlySpan<float> scores, Span<float> heap)
    {
        int k = heap.Length; // the largest on top
        heap.Fill(float.PositiveInfinity);
        for (int i = NextBelow(scores, 0, heap[0]); i < scores.Length; i = NextBelow(scores, i + 1, heap[0]))
        {
            float score = scores[i];
            int hole = 0;
            for (int child = 1; child < k; child = (2 * hole) + 1)
            {
                if (child + 1 < k && heap[child + 1] > heap[child])
                {
                    child++;
                }

                if (heap[child] <= score)
                {
                    break;
                }

                heap[hole] = heap[child];
                hole = child;
            }

            heap[hole] = score;
        }

        return heap[0];
    }

    /// <summary>The next place whose score is below the bound; never one that is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NextBelow(ReadOnlySpan<float> scores, int start, float bound)
    {
        var bounds = new Vector<float>(bound);
        int i = start;
        while (i <= scores.Length - Vector<float>.Count && !Vector.LessThanAny(new Vector<float>(scores[i..]), bounds))
        {
            i += Vector<float>.Count;
        }

        while (i < scores.Length && !(scores[i] < bound))
        {
            i++;
        }

        return i;
    }

    /// <summary>The next place whose score is not above the bound: NaN is such a score.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NextNotAbove(ReadOnlySpan<float> scores, int start, float bound)
    {
        var bounds = new Vector<float>(bound);
        int i = start;
        while (i <= scores.Length - Vector<float>.Count && Vector.GreaterThanAll(new Vector<float>(scores[i..]), bounds))
        {
            i += Vector<float>.Count;
        }

        while (i < scores.Length && scores[i] > bound)
        {
            i++;
        }

        return i;
    }
}
