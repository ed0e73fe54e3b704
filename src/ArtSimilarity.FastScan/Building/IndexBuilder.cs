using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using ArtSimilarity.ByteCodes;
using ArtSimilarity.FastScan.Codes;
using ArtSimilarity.FastScan.Files;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.Indexing;
using ArtSimilarity.SignCodes;

namespace ArtSimilarity.FastScan.Building;

/// <summary>Builds an index in memory: the bytes of its file. The number of threads changes nothing. The last report, of 1, is the caller's.</summary>
internal sealed unsafe class IndexBuilder
{
    /// <summary>The shares of the work, as measured: training the tree, finding each vector's leaf; the rest is coding.</summary>
    private const double TrainingShare = 0.15, AssigningShare = 0.35;

    private const int RowsPerStep = 256;

    private readonly SourceRows _rows;
    private readonly FastScanIndexOptions _options;
    private readonly IProgress<double>? _progress;
    private readonly ParallelOptions _parallel;
    private readonly int _stride;
    private readonly int _leafSize;

    private IndexBuilder(SourceRows rows, FastScanIndexOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        _rows = rows;
        _options = options;
        _progress = progress;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = options.MaxDegreeOfParallelism, CancellationToken = cancellationToken };
        _stride = ByteRows.StrideOf(rows.Dimensions);
        _leafSize = options.LeafSizeFor(rows.Count);
    }

    /// <exception cref="ArgumentException">The stamp is too long, an id occurs twice, or the vectors are too many or too long.</exception>
    /// <exception cref="OperationCanceledException">The build was cancelled.</exception>
    public static NativeIndexMemory Build(VectorSet vectors, string stamp, FastScanIndexOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        byte[] stampBytes = Encoding.UTF8.GetBytes(stamp);
        if (stampBytes.Length > IndexLayout.MaxStampLength)
        {
            throw new ArgumentException($"The stamp has {stampBytes.Length} bytes, more than {IndexLayout.MaxStampLength}.", nameof(stamp));
        }

        return new IndexBuilder(new SourceRows(vectors), options, progress, cancellationToken).Run(stampBytes);
    }

    private NativeIndexMemory Run(byte[] stamp)
    {
        (Leaf[] leaves, int[] order) = Divide();
        var layout = new IndexLayout
        {
            Dimensions = _rows.Dimensions,
            Count = _rows.Count,
            LeafSize = _leafSize,
            LeafCount = leaves.Length,
            BlockCount = leaves.Length == 0 ? 0 : leaves[^1].FirstBlock + BlocksFor(leaves[^1].Count),
            Seed = _options.Seed,
            StampLength = stamp.Length,
        };
        var memory = new NativeIndexMemory(layout.FileLength);
        try
        {
            for (IndexSection section = IndexSection.Stamp; (int)section <= IndexLayout.SectionCount; section++)
            {
                long padding = layout.PaddedLengthOf(section) - layout.LengthOf(section);
                new Span<byte>(memory.Pointer + layout.OffsetOf(section) + layout.LengthOf(section), (int)padding).Clear();
            }

            stamp.CopyTo(Section<byte>(IndexSection.Stamp));
            _rows.Ids.CopyTo(Section<int>(IndexSection.Ids));
            Span<int> rowsOfIds = Section<int>(IndexSection.RowsOfIds), idsOfRows = Section<int>(IndexSection.IdsOfRows);
            for (int row = 0; row < order.Length; row++)
            {
                rowsOfIds[order[row]] = row;
                idsOfRows[row] = _rows.Ids[order[row]];
            }

            Encode(layout, memory, leaves, order);
            leaves.CopyTo(Section<Leaf>(IndexSection.Leaves));
            IndexHeaderWriter.Write(layout, memory, _parallel.CancellationToken);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        Span<T> Section<T>(IndexSection section)
            where T : unmanaged => new(memory.Pointer + layout.OffsetOf(section), (int)(layout.LengthOf(section) / sizeof(T)));
    }

    private static int BlocksFor(int rows) => (int)((rows + SignBlock.Rows - 1L) / SignBlock.Rows);

    /// <summary>Divides the vectors into leaves.</summary>
    /// <returns>The leaves that hold any, and the vectors in the order of their rows.</returns>
    private (Leaf[] Leaves, int[] Order) Divide()
    {
        LeafTree tree = LeafTree.Train(_rows, _stride, _leafSize, new RandomSource(_options.Seed, stream: 0), _parallel);
        _progress?.Report(TrainingShare);
        int[] leafOf = new int[_rows.Count];
        Steps(_rows.Count, TrainingShare, AssigningShare, (from, to) =>
        {
            using var unit = new Row(_stride);
            for (int row = from; row < to; row++)
            {
                _rows.CopyUnit(row, unit.Pointer, _stride);
                leafOf[row] = tree.LeafOf(unit.Pointer);
            }
        });

        int[] sizes = new int[tree.LeafCount];
        foreach (int leaf in leafOf)
        {
            sizes[leaf]++;
        }

        var leaves = new List<Leaf>();
        int[] next = new int[tree.LeafCount];
        int rows = 0, blocks = 0;
        for (int leaf = 0; leaf < sizes.Length; leaf++)
        {
            next[leaf] = rows;
            if (sizes[leaf] > 0)
            {
                leaves.Add(new Leaf(rows, sizes[leaf], blocks, 0, 0));
                rows += sizes[leaf];
                blocks += BlocksFor(sizes[leaf]);
            }
        }

        int[] order = new int[_rows.Count];
        for (int row = 0; row < leafOf.Length; row++)
        {
            order[next[leafOf[row]]++] = row;
        }

        return ([.. leaves], order);
    }

    private void Encode(IndexLayout layout, IndexMemory memory, Leaf[] leaves, int[] order)
    {
        var rotation = new Rotation(_stride, _options.Seed);
        sbyte* centroids = (sbyte*)(memory.Pointer + layout.OffsetOf(IndexSection.Centroids));
        Steps(leaves.Length, TrainingShare + AssigningShare, 0.05, (from, to) =>
        {
            for (int leaf = from; leaf < to; leaf++)
            {
                leaves[leaf] = SetCentroid(leaves[leaf], order, centroids + ((long)leaf * _stride));
            }
        }, perStep: 1);

        int[] leafOfBlock = new int[layout.BlockCount];
        for (int leaf = 0; leaf < leaves.Length; leaf++)
        {
            leafOfBlock.AsSpan(leaves[leaf].FirstBlock, BlocksFor(leaves[leaf].Count)).Fill(leaf);
        }

        byte* blocks = memory.Pointer + layout.OffsetOf(IndexSection.Blocks);
        double* inverseLengths = (double*)(memory.Pointer + layout.OffsetOf(IndexSection.InverseLengths));
        sbyte* upper = (sbyte*)(memory.Pointer + layout.OffsetOf(IndexSection.Upper));
        ushort* lower = (ushort*)(memory.Pointer + layout.OffsetOf(IndexSection.Lower));
        Steps(layout.BlockCount, TrainingShare + AssigningShare + 0.05, 0.95 - TrainingShare - AssigningShare, (from, to) =>
        {
            int width = rotation.Width;
            using Row unit = new(width), centroid = new(width), rotatedCentroid = new(width);
            new Span<float>(centroid.Pointer, width).Clear();
            int centroidLeaf = -1;
            for (int block = from; block < to; block++)
            {
                int at = leafOfBlock[block];
                Leaf leaf = leaves[at];
                if (at != centroidLeaf)
                {
                    sbyte* coded = centroids + ((long)at * _stride);
                    for (int i = 0; i < _stride; i++)
                    {
                        centroid.Pointer[i] = coded[i] * leaf.CentroidScale;
                    }

                    new Span<float>(centroid.Pointer, width).CopyTo(new Span<float>(rotatedCentroid.Pointer, width));
                    rotation.Apply(rotatedCentroid.Pointer);
                    centroidLeaf = at;
                }

                byte* codes = blocks + ((long)block * layout.BlockLength);
                float* offsets = (float*)(codes + SignBlock.LengthFor(layout.CodeBits)), factors = offsets + SignBlock.Rows;
                new Span<byte>(codes, layout.BlockLength).Clear();
                new Span<float>(offsets, SignBlock.Rows).Fill(float.NegativeInfinity);
                int inLeaf = (block - leaf.FirstBlock) * SignBlock.Rows;
                int rows = Math.Min(SignBlock.Rows, leaf.Count - inLeaf);
                for (int i = 0; i < rows; i++)
                {
                    int row = leaf.FirstRow + inLeaf + i;
                    int source = order[row];
                    _rows.CopyUnit(source, unit.Pointer, width);
                    fixed (float* vector = _rows[source])
                    {
                        inverseLengths[row] = FixedPoint.Encode(vector, _rows.Dimensions, upper + ((long)row * _stride), lower + ((long)row * _stride));
                    }

                    SignCode code = SignCode.Write(unit.Pointer, centroid.Pointer, rotatedCentroid.Pointer, rotation, layout.CodeBits, codes, i);
                    (offsets[i], factors[i]) = (code.Offset, code.Factor);
                }
            }
        }, perStep: 4);
    }

    private Leaf SetCentroid(Leaf leaf, int[] order, sbyte* coded)
    {
        using Row unit = new(_stride), mean = new(_stride);
        new Span<float>(mean.Pointer, _stride).Clear();
        float weight = 1f / leaf.Count;
        for (int row = leaf.FirstRow; row < leaf.FirstRow + leaf.Count; row++)
        {
            _rows.CopyUnit(order[row], unit.Pointer, _stride);
            VectorKernels.AddScaled(mean.Pointer, unit.Pointer, weight, _stride);
        }

        float largest = 0;
        for (int i = 0; i < _stride; i++)
        {
            largest = Math.Max(largest, Math.Abs(mean.Pointer[i]));
        }

        float scale = largest / sbyte.MaxValue;
        double squares = 0;
        for (int i = 0; i < _stride; i++)
        {
            coded[i] = scale > 0 ? (sbyte)MathF.Round(mean.Pointer[i] / scale) : (sbyte)0;
            squares += coded[i] * coded[i];
        }

        return leaf with { CentroidScale = scale, HalfSquaredNorm = (float)(squares * scale * scale / 2) };
    }

    /// <summary>Runs over parts of a range in parallel and reports the share of the whole work that is done.</summary>
    private void Steps(int count, double begin, double share, Action<int, int> run, int perStep = RowsPerStep)
    {
        int steps = (int)((count + perStep - 1L) / perStep), done = 0, reported = 0;
        var reporting = new Lock();
        Parallel.For(0, steps, _parallel, step =>
        {
            run(step * perStep, Math.Min(count, (step + 1) * perStep));
            int percent = (int)(100 * share * Interlocked.Increment(ref done) / steps);
            if (_progress is null || percent <= Volatile.Read(ref reported))
            {
                return;
            }

            // One report after the other, so that none comes behind a later one.
            lock (reporting)
            {
                if (percent > reported)
                {
                    reported = percent;
                    _progress.Report(begin + (percent / 100.0));
                }
            }
        });
    }

    /// <summary>A padded row of its own.</summary>
    private sealed class Row : IDisposable
    {
        public Row(int stride) => Pointer = (float*)NativeMemory.AlignedAlloc((nuint)stride * sizeof(float), IndexLayout.Alignment);

        public float* Pointer { get; }

        public void Dispose() => NativeMemory.AlignedFree(Pointer);
    }
}
