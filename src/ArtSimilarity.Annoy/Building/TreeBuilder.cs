namespace ArtSimilarity.Annoy.Building;

/// <summary>
/// Builds one angular random projection tree as spotify/annoy does: the two centroids of a small random sample give a plane
/// through the origin half-way between them, and the vectors are divided by the side they lie on, down to the leaf size.
/// </summary>
internal sealed unsafe class TreeBuilder
{
    /// <summary>How many vectors the two centroids are made of.</summary>
    private const int SampleSize = 48;

    /// <summary>How many planes are tried before a set is halved without one.</summary>
    private const int Attempts = 3;

    /// <summary>A plane that leaves a larger share on one side is not taken.</summary>
    private const double MaxShare = 0.95;

    private readonly Rows _rows;
    private readonly int _leafSize;
    private readonly List<TreeNode> _nodes = [];
    private readonly List<float[]> _planes = [];
    private readonly int[] _items;
    private readonly int[] _positive;
    private readonly float[] _firstCentroid;
    private readonly float[] _secondCentroid;
    private RandomSource _random;

    private TreeBuilder(Rows rows, int leafSize, RandomSource random)
    {
        _rows = rows;
        _leafSize = leafSize;
        _random = random;
        _items = new int[rows.Count];
        for (int row = 0; row < _items.Length; row++)
        {
            _items[row] = row;
        }

        _positive = new int[rows.Count];
        _firstCentroid = new float[rows.Stride];
        _secondCentroid = new float[rows.Stride];
    }

    public static BuiltTree Build(Rows rows, int leafSize, RandomSource random, CancellationToken cancellationToken)
    {
        var builder = new TreeBuilder(rows, leafSize, random);
        builder.Run(cancellationToken);
        return new BuiltTree(builder._nodes, builder._items, builder._planes);
    }

    private void Run(CancellationToken cancellationToken)
    {
        // The top of the stack is the next node in pre-order; a second child knows whose it is.
        var open = new Stack<(int Start, int Count, int Parent)>();
        open.Push((0, _items.Length, -1));
        while (open.TryPop(out (int Start, int Count, int Parent) range))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int node = _nodes.Count;
            if (range.Parent >= 0)
            {
                _nodes[range.Parent] = _nodes[range.Parent] with { Second = node };
            }

            if (range.Count <= _leafSize)
            {
                _nodes.Add(new TreeNode(TreeNode.Leaf, range.Start, range.Count));
                continue;
            }

            (int plane, int negative) = Split(range.Start, range.Count);
            _nodes.Add(new TreeNode(plane, node + 1, 0));
            open.Push((range.Start + negative, range.Count - negative, node));
            open.Push((range.Start, negative, -1));
        }
    }

    /// <summary>Orders the items so that those on the negative side come first.</summary>
    private (int Plane, int Negative) Split(int start, int count)
    {
        float[] plane = new float[_rows.Stride];
        fixed (float* normal = plane)
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                if (!TryFindPlane(start, count, normal))
                {
                    continue;
                }

                int negative = Partition(start, count, normal);
                if (Math.Max(negative, count - negative) <= MaxShare * count)
                {
                    _planes.Add(plane);
                    return (_planes.Count - 1, negative);
                }
            }
        }

        // All alike, or nearly so: halves keep the depth logarithmic.
        return (TreeNode.Halved, count / 2);
    }

    /// <summary>Two-means over a sample, one vector at a time; the weight by size keeps one centroid from taking all.</summary>
    private bool TryFindPlane(int start, int count, float* normal)
    {
        int stride = _rows.Stride;
        fixed (float* first = _firstCentroid, second = _secondCentroid)
        {
            int i = _random.Below(count);
            int j = _random.Below(count - 1);
            j += j >= i ? 1 : 0;
            double firstSquared = Begin(first, _items[start + i]);
            double secondSquared = Begin(second, _items[start + j]);
            int firstSize = 1, secondSize = 1;
            for (int s = 0; s < SampleSize; s++)
            {
                int row = _items[start + _random.Below(count)];
                float scale = _rows.InverseNorms[row];
                if (scale == 0)
                {
                    continue;
                }

                float* vector = _rows[row];
                double firstDot = (double)VectorKernels.Dot(first, vector, stride) * scale;
                double secondDot = (double)VectorKernels.Dot(second, vector, stride) * scale;
                if (firstSize * (1 - Cosine(firstDot, firstSquared)) < secondSize * (1 - Cosine(secondDot, secondSquared)))
                {
                    VectorKernels.AddScaled(first, vector, scale, stride);
                    firstSquared += (2 * firstDot) + 1;
                    firstSize++;
                }
                else
                {
                    VectorKernels.AddScaled(second, vector, scale, stride);
                    secondSquared += (2 * secondDot) + 1;
                    secondSize++;
                }
            }

            VectorKernels.ScaledDifference(
                second, InverseNorm(second, stride), first, InverseNorm(first, stride), normal, stride);
            double squared = VectorKernels.DotAndSquaredNorm(normal, normal, stride).SquaredNorm;

            // Two directions closer than this differ by rounding alone.
            if (!(squared > 1e-12))
            {
                return false;
            }

            VectorKernels.Scale(normal, (float)(1 / Math.Sqrt(squared)), stride);
            return true;
        }
    }

    private double Begin(float* centroid, int row)
    {
        new Span<float>(centroid, _rows.Stride).Clear();
        float scale = _rows.InverseNorms[row];
        VectorKernels.AddScaled(centroid, _rows[row], scale, _rows.Stride);
        return scale == 0 ? 0 : 1;
    }

    private static double Cosine(double dot, double squaredNorm) => squaredNorm > 0 ? dot / Math.Sqrt(squaredNorm) : 0;

    private static float InverseNorm(float* vector, int stride) =>
        AngularDistance.InverseNorm(VectorKernels.DotAndSquaredNorm(vector, vector, stride).SquaredNorm);

    private int Partition(int start, int count, float* normal)
    {
        int negative = 0, positive = 0;
        for (int i = start; i < start + count; i++)
        {
            int row = _items[i];
            float margin = VectorKernels.Dot(normal, _rows[row], _rows.Stride);
            if (margin > 0 || (margin == 0 && _random.Coin()))
            {
                _positive[positive++] = row;
            }
            else
            {
                _items[start + negative++] = row;
            }
        }

        _positive.AsSpan(0, positive).CopyTo(_items.AsSpan(start + negative));
        return negative;
    }
}
