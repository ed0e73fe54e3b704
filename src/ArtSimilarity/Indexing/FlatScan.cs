using System.Numerics;
using System.Runtime.CompilerServices;
using ArtSimilarity.Metrics;

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

    /// <summary>
    /// What a row's score is multiplied by. Cosines need −1/norm; it is NaN where that is beyond a float's comfort, and a NaN score
    /// is always looked at in double precision.
    /// </summary>
    public static float ScaleOf(ISimilarityMetric metric, double norm) => metric switch
    {
        AngularMetric or CosineMetric => norm switch
        {
            0 => 0,
            < 1e-15 or > 1e15 => float.NaN,
            _ => (float)(-1 / norm),
        },
        InnerProductMetric => -1,
        _ => 1,
    };

    /// <summary>Finds the nearest rows, of all or of the candidates listed, and returns how many it found.</summary>
    public static int Search(
        FlatRows rows, ISimilarityMetric metric, ReadOnlySpan<float> query, ReadOnlySpan<int> candidates, bool all, FlatScratch scratch, Span<Neighbor> results, CancellationToken cancellationToken = default)
    {
        int count = all ? rows.Count : candidates.Length;
        results = results[..Math.Min(results.Length, count)];
        if (results.IsEmpty)
        {
            return 0;
        }

        Span<float> scores = scratch.Scores(count);
        Span<float> scaled = scratch.Queries(query.Length);
        double norm = Prepare(metric, query, scaled);
        fixed (float* q = scaled)
        {
            switch (metric)
            {
                case AngularMetric or CosineMetric or InnerProductMetric:
                    ScanOne<ProductTerm>(rows, q, candidates, all, scores, cancellationToken);
                    break;
                case EuclideanMetric:
                    ScanOne<SquaredDifferenceTerm>(rows, q, candidates, all, scores, cancellationToken);
                    break;
                default:
                    for (int i = 0; i < count; i++)
                    {
                        ThrowNowAndThen(i, cancellationToken);
                        scores[i] = metric.Distance(query, rows.Vectors[all ? i : candidates[i]]);
                    }

                    break;
            }
        }

        return Select(rows, metric, query, norm, candidates, all, scores, scratch, results);
    }

    /// <summary>The same for up to <see cref="QueriesPerTile"/> queries at once; k is the results' length over the queries'.</summary>
    public static void SearchTile(
        FlatRows rows, ISimilarityMetric metric, ReadOnlySpan<float> queries, ReadOnlySpan<int> candidates, bool all, FlatScratch scratch, Span<Neighbor> results, Span<int> counts)
    {
        int dimensions = rows.Vectors.Dimensions;
        int k = results.Length / counts.Length;
        int count = all ? rows.Count : candidates.Length;
        if (metric is not (AngularMetric or CosineMetric or InnerProductMetric or EuclideanMetric))
        {
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] = Search(rows, metric, queries.Slice(i * dimensions, dimensions), candidates, all, scratch, results.Slice(i * k, k));
            }

            return;
        }

        Span<double> norms = stackalloc double[QueriesPerTile];
        Span<float> scores = ScoreTile(rows, metric, queries, counts.Length, candidates, all, scratch, norms);
        for (int i = 0; i < counts.Length; i++)
        {
            ReadOnlySpan<float> query = queries.Slice(i * dimensions, dimensions);
            counts[i] = Select(
                rows, metric, query, norms[i], candidates, all, scores.Slice(i * count, count), scratch, results.Slice(i * k, Math.Min(k, count)));
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
        Span<double> norms = stackalloc double[QueriesPerTile];
        Span<float> scores = metric is AngularMetric or CosineMetric or InnerProductMetric or EuclideanMetric
            ? ScoreTile(rows, metric, queries, queryCount, default, all: true, scratch, norms)
            : [];
        float[] keys = new float[rows.Count];
        int[] ranking = new int[rows.Count];
        for (int query = 0; query < queryCount; query++)
        {
            ReadOnlySpan<float> vector = queries.Slice(query * dimensions, dimensions);
            for (int row = 0; row < rows.Count; row++)
            {
                ranking[row] = row;
                float score = scores.IsEmpty ? metric.Distance(vector, rows.Vectors[row]) : scores[(query * rows.Count) + row];
                keys[row] = float.IsNaN(score) && !scores.IsEmpty ? ScoreOfExtreme(rows, vector, row) : score;
            }

            Array.Sort(keys, ranking);
            OrderEqualKeysByRow(keys, ranking);
            visit(query, ranking);
        }
    }

    /// <summary>Scores all queries of a tile: [query × count + row]. Notes the length of each query as it was compared.</summary>
    private static Span<float> ScoreTile(
        FlatRows rows, ISimilarityMetric metric, ReadOnlySpan<float> queries, int queryCount, ReadOnlySpan<int> candidates, bool all, FlatScratch scratch, Span<double> norms)
    {
        int dimensions = rows.Vectors.Dimensions;
        int count = all ? rows.Count : candidates.Length;

        // The kernel takes four queries at a time: the last one is repeated to fill it.
        int padded = (queryCount + 3) & ~3;
        Span<float> scores = scratch.Scores(padded * count);
        Span<float> scaled = scratch.Queries(padded * dimensions);
        for (int i = 0; i < padded; i++)
        {
            ReadOnlySpan<float> query = queries.Slice(Math.Min(i, queryCount - 1) * dimensions, dimensions);
            norms[i] = Prepare(metric, query, scaled[(i * dimensions)..]);
        }

        fixed (float* q = scaled)
        {
            if (metric is EuclideanMetric)
            {
                ScanTile<SquaredDifferenceTerm>(rows, q, padded, candidates, all, count, scores);
            }
            else
            {
                ScanTile<ProductTerm>(rows, q, padded, candidates, all, count, scores);
            }
        }

        return scores;
    }

    /// <summary>The score, a negative cosine, of a row too short or too long for <see cref="ScaleOf"/>.</summary>
    private static float ScoreOfExtreme(FlatRows rows, ReadOnlySpan<float> query, int row)
    {
        int perBlock = rows.Vectors.RowsPerBlock;
        return ExactDistance.Compute(SimilarityMetrics.Cosine, query, ExactDistance.Norm(query), rows.Vectors[row], rows.Norms[row / perBlock][row % perBlock]) - 1;
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

    /// <summary>Copies the query, scaled to length 1 where only its direction counts, and returns the length of the copy.</summary>
    private static double Prepare(ISimilarityMetric metric, ReadOnlySpan<float> query, Span<float> scaled)
    {
        double norm = ExactDistance.Norm(query);
        if (metric is AngularMetric or CosineMetric && norm > 0)
        {
            for (int i = 0; i < query.Length; i++)
            {
                scaled[i] = (float)(query[i] / norm);
            }

            return 1;
        }

        query.CopyTo(scaled);
        return norm;
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

    private static void ScanOne<TTerm>(FlatRows rows, float* query, ReadOnlySpan<int> candidates, bool all, Span<float> scores, CancellationToken cancellationToken)
        where TTerm : struct, IScanTerm
    {
        int dimensions = rows.Vectors.Dimensions;
        int perBlock = rows.Vectors.RowsPerBlock;
        if (all)
        {
            for (int first = 0; first < rows.Count; first += perBlock)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int inBlock = Math.Min(perBlock, rows.Count - first);
                ReadOnlySpan<float> scales = rows.Scales[first / perBlock];
                fixed (float* block = rows.Vectors.RowsOfBlock(first / perBlock, inBlock))
                {
                    for (int row = 0; row < inBlock; row++)
                    {
                        scores[first + row] = ScanKernel.One<TTerm>(query, block + ((long)row * dimensions), dimensions) * scales[row];
                    }
                }
            }

            return;
        }

        for (int i = 0; i < candidates.Length; i++)
        {
            ThrowNowAndThen(i, cancellationToken);
            int row = candidates[i];
            fixed (float* vector = rows.Vectors[row])
            {
                scores[i] = ScanKernel.One<TTerm>(query, vector, dimensions) * rows.Scales[row / perBlock][row % perBlock];
            }
        }
    }

    private static void ScanTile<TTerm>(FlatRows rows, float* queries, int queryCount, ReadOnlySpan<int> candidates, bool all, int count, Span<float> scores)
        where TTerm : struct, IScanTerm
    {
        int dimensions = rows.Vectors.Dimensions;
        int perBlock = rows.Vectors.RowsPerBlock;
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
                    int row0 = all ? i : candidates[i];
                    int row1 = all ? j : candidates[j];
                    fixed (float* r0 = rows.Vectors[row0])
                    fixed (float* r1 = rows.Vectors[row1])
                    {
                        ScanKernel.FourByTwo<TTerm>(q, q + dimensions, q + (2 * dimensions), q + (3 * dimensions), r0, r1, dimensions, eight);
                    }

                    float scale0 = rows.Scales[row0 / perBlock][row0 % perBlock];
                    float scale1 = rows.Scales[row1 / perBlock][row1 % perBlock];
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

    private static int Select(
        FlatRows rows, ISimilarityMetric metric, ReadOnlySpan<float> query, double norm, ReadOnlySpan<int> candidates, bool all, ReadOnlySpan<float> scores, FlatScratch scratch, Span<Neighbor> results)
    {
        if (results.IsEmpty)
        {
            return 0;
        }

        float bound = WithMargin(metric, KthSmallest(scores, scratch.Heap(results.Length)), rows.Vectors.Dimensions, norm * rows.MaxNorm);
        double queryNorm = ExactDistance.Norm(query);
        int perBlock = rows.Vectors.RowsPerBlock;
        var nearest = new NeighborHeap(results);
        ReadOnlySpan<int> ids = rows.Vectors.Ids;
        for (int i = NextNotAbove(scores, 0, bound); i < scores.Length; i = NextNotAbove(scores, i + 1, bound))
        {
            int row = all ? i : candidates[i];
            float distance = ExactDistance.Compute(metric, query, queryNorm, rows.Vectors[row], rows.Norms[row / perBlock][row % perBlock]);
            nearest.Offer(new Neighbor(ids[row], distance));
        }

        return nearest.Sort();
    }

    /// <summary>
    /// The score below which a row may belong to the k nearest: the k-th best plus twice what rounding may have done. A sum over d
    /// terms in L lanes is off by at most about (d/L + log₂L)·2⁻²⁴ times the sum of the terms' magnitudes.
    /// </summary>
    private static float WithMargin(ISimilarityMetric metric, float kth, int dimensions, double magnitude)
    {
        double unit = ((dimensions / (double)ScanKernel.Lanes) + ScanKernel.Lanes + 16) * Math.ScaleB(1, -24);
        double underflow = dimensions * 1e-44;
        double bound = metric switch
        {
            AngularMetric or CosineMetric => kth + (2 * unit) + 1e-25,
            InnerProductMetric => kth + (2 * unit * magnitude) + underflow,
            EuclideanMetric => (kth * (1 + (3 * unit))) + underflow,
            _ => kth,
        };
        return MathF.BitIncrement((float)bound);
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
