using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ArtSimilarity.Metrics;
using ArtSimilarity.Numerics;
using ArtSimilarity.Searching;
using ArtSimilarity.SignCodes;

namespace ArtSimilarity.Indexing;

/// <summary>
/// Searches the vectors of a flat index by their one-bit codes first. A row is compared exactly unless its code puts it so far below
/// the worst neighbour known that one in some thirty thousand of those that belong there is missed.
/// </summary>
/// <remarks>One thread at a time codes rows; any number search.</remarks>
internal sealed unsafe class SignCodeScan
{
    /// <summary>So many standard deviations below the worst neighbour a row is passed over.</summary>
    private const float Deviations = 4;

    /// <summary>Well above what rounding does to a cosine.</summary>
    private const float Rounding = 1e-6f;

    private readonly FlatIndex _flat;
    private readonly Rotation _rotation;
    private readonly ScratchPool<Scratch> _scratches;
    private SignCodeRows? _codes;

    private SignCodeScan(FlatIndex flat, int width)
    {
        _flat = flat;
        _rotation = new Rotation(width, seed: 0);
        _scratches = new ScratchPool<Scratch>(() => new Scratch(_rotation.Width));
    }

    /// <summary>Creates the scan of an index.</summary>
    /// <returns><see langword="null"/> where codes tell nothing: of other metrics than those of directions, and of very long vectors.</returns>
    public static SignCodeScan? TryCreate(FlatIndex flat)
    {
        int width = Rotation.WidthFor((flat.Dimensions + 63) / 64 * 64);
        return flat.Metric.Measure == VectorMeasure.Cosine && SignBlock.BitsFor(width) == width ? new SignCodeScan(flat, width) : null;
    }

    /// <summary>1 over a length, 0 for that of a zero vector: a product times this is one of unit vectors.</summary>
    public static float InverseNorm(double norm) => norm == 0 ? 0 : (float)Math.Min(1 / norm, float.MaxValue);

    /// <summary>Codes the rows that came since the last call. Until then they are compared exactly.</summary>
    public void Refresh() => Volatile.Write(ref _codes, SignCodeRows.Of(Volatile.Read(ref _codes), _flat.Current, _rotation));

    /// <summary>Finds the vectors nearest to a query.</summary>
    /// <param name="query">The query, already checked.</param>
    /// <param name="results">Receives the neighbours, nearest first.</param>
    /// <param name="farthest">What is farther away need not be found.</param>
    /// <param name="allowed">The ids that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>How many neighbours were written.</returns>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, Neighbor farthest, IdSet? allowed, CancellationToken cancellationToken)
    {
        FlatRows rows = _flat.Current;
        SignCodeRows? codes = Volatile.Read(ref _codes);
        if (codes is null || codes.Vectors != rows.Vectors)
        {
            return _flat.Search(query, results, new VectorSearchOptions { Allowed = allowed }, cancellationToken);
        }

        if (results.IsEmpty)
        {
            return 0;
        }

        Scratch scratch = _scratches.Rent();
        try
        {
            double norm = FixedOrderSum.Norm(query);
            scratch.SetQuery(query, norm, _rotation);
            var search = new Nearest(_flat, rows, query, norm, results, farthest, allowed);
            int coded = Math.Min(codes.Count, rows.Count);
            Scan(codes, coded, scratch, norm, ref search, cancellationToken);
            for (int row = coded; row < rows.Count; row++)
            {
                search.Offer(row);
            }

            return search.Sort();
        }
        finally
        {
            _scratches.Return(scratch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scan(SignCodeRows codes, int count, Scratch scratch, double norm, ref Nearest search, CancellationToken cancellationToken)
    {
        const int blocksBetweenChecks = 1024;
        int bits = scratch.Width, codesLength = SignBlock.LengthFor(bits);
        float toCentre = VectorKernels.Dot(scratch.UnitQuery, codes.Centre, bits);
        double fromCentre = Math.Sqrt(Math.Max(0, (norm > 0 ? 1 : 0) - (2 * toCentre) + codes.CentreSquaredNorm));
        Vector512<float> slack = Vector512.Create((float)(Deviations * fromCentre)), toCentres = Vector512.Create(toCentre);
        Vector512<float> step = Vector512.Create(scratch.Tables.Step), offset = Vector512.Create(scratch.Tables.Offset);
        byte* tables = scratch.Tables.Pointer;
        ushort* sums = stackalloc ushort[SignBlock.Rows];
        for (int first = 0; first < count; first += SignBlock.Rows)
        {
            if (first % (blocksBetweenChecks * SignBlock.Rows) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            byte* block = codes.Block(first / SignBlock.Rows);
            SignBlock.Sum(block, tables, bits, sums);
            float* offsets = (float*)(block + codesLength), factors = offsets + SignBlock.Rows, deviations = factors + SignBlock.Rows;
            for (int i = 0; i < SignBlock.Rows; i += Vector512<float>.Count)
            {
                Vector512<float> scores = SignBlock.Score(sums + i, step, offset, factors + i, offsets + i, toCentres);
                Vector512<float> highest = scores + (Vector512.Load(deviations + i) * slack);
                ulong mask = Vector512.GreaterThanOrEqual(highest, Vector512.Create(search.LeastCosine)).ExtractMostSignificantBits();
                for (; mask != 0; mask &= mask - 1)
                {
                    int row = first + i + BitOperations.TrailingZeroCount(mask);
                    if (row < count)
                    {
                        search.Offer(row);
                    }
                }
            }
        }
    }

    /// <summary>The nearest rows so far.</summary>
    private ref struct Nearest
    {
        private readonly FlatIndex _flat;
        private readonly FlatRows _rows;
        private readonly ReadOnlySpan<float> _query;
        private readonly double _norm;
        private readonly VectorMeasure? _measure;
        private readonly IdSet? _allowed;
        private NeighborHeap _kept;
        private Neighbor _farthest;

        public Nearest(FlatIndex flat, FlatRows rows, ReadOnlySpan<float> query, double norm, Span<Neighbor> results, Neighbor farthest, IdSet? allowed)
        {
            _flat = flat;
            _rows = rows;
            _query = query;
            _norm = norm;
            _measure = flat.Metric.Measure;
            _allowed = allowed;
            _kept = new NeighborHeap(results);
            _farthest = farthest;
            LeastCosine = CosineOf(farthest.Distance);
        }

        /// <summary>A row with a smaller cosine is too far away.</summary>
        public float LeastCosine { get; private set; }

        public void Offer(int row)
        {
            int id = _rows.Vectors.Ids[row];
            if (_rows.IsDead(row) || (_allowed is not null && !_allowed.Contains(id)))
            {
                return;
            }

            var neighbor = new Neighbor(id, _rows.DistanceTo(row, _flat.Metric, _measure, _query, _norm));
            if (neighbor > _farthest)
            {
                return;
            }

            _kept.Offer(neighbor);
            if (_kept.IsFull && _kept.Farthest < _farthest)
            {
                _farthest = _kept.Farthest;
                LeastCosine = CosineOf(_farthest.Distance);
            }
        }

        public readonly int Sort() => _kept.Sort();

        /// <summary>A cosine at which a vector is no nearer than this, and not much farther: the distance falls as the cosine grows.</summary>
        private readonly float CosineOf(float distance)
        {
            const int halvings = 24;
            double far = -1, near = 1;
            for (int i = 0; i < halvings; i++)
            {
                double middle = (far + near) / 2;
                if (_flat.Metric.DistanceFrom(middle) >= distance)
                {
                    far = middle;
                }
                else
                {
                    near = middle;
                }
            }

            return (float)far - Rounding;
        }
    }

    /// <summary>What one search needs, kept for the next one.</summary>
    private sealed class Scratch
    {
        private readonly float[] _unit, _rotated;

        public Scratch(int width)
        {
            Width = width;
            _unit = GC.AllocateArray<float>(width, pinned: true);
            _rotated = GC.AllocateArray<float>(width, pinned: true);
            Tables = new SignTables(width);
        }

        public int Width { get; }

        /// <summary>The query scaled to length 1, padded.</summary>
        public float* UnitQuery => (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_unit, 0);

        public SignTables Tables { get; }

        public void SetQuery(ReadOnlySpan<float> query, double norm, Rotation rotation)
        {
            query.CopyTo(_unit);
            _unit.AsSpan(query.Length).Clear();
            VectorKernels.Scale(UnitQuery, InverseNorm(norm), Width);
            _unit.CopyTo(_rotated, 0);
            float* rotated = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_rotated, 0);
            rotation.Apply(rotated);
            Tables.Set(rotated);
        }
    }
}
