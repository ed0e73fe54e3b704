namespace ArtSimilarity.Annoy.Nodes;

/// <summary>
/// Builds one tree as <c>annoylib.h</c> does for the angular metric (<c>_make_tree</c>, <c>create_split</c>, <c>two_means</c>). Two
/// groups grow from two random items, one random item at a time. Their centroids give the normal of a plane through the origin. What
/// differs is the source of randomness, which belongs to the tree.
/// </summary>
internal sealed class AnnoyTreeBuilder
{
    private const int MeanSteps = 200, Attempts = 3;
    private const double GoodImbalance = 0.95, WorstImbalance = 0.99;

    private readonly AnnoyItems _items;
    private readonly int _itemNodes;
    private readonly int _leafCapacity;
    private readonly CancellationToken _cancellationToken;
    private readonly List<AnnoyTreeNode> _nodes = [];
    private readonly List<float[]> _planes = [];
    private readonly int[] _order;
    private readonly int[] _positive;
    private readonly bool[] _sides;
    private readonly float[] _firstMean;
    private readonly float[] _secondMean;
    private TreeRandom _random;

    private AnnoyTreeBuilder(AnnoyItems items, int leafCapacity, TreeRandom random, CancellationToken cancellationToken)
    {
        _items = items;
        _itemNodes = (int)items.NodeCount;
        _leafCapacity = leafCapacity;
        _random = random;
        _cancellationToken = cancellationToken;
        _order = new int[items.Count];
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        _positive = new int[items.Count];
        _sides = new bool[items.Count];
        _firstMean = new float[items.Dimensions];
        _secondMean = new float[items.Dimensions];
    }

    public static AnnoyTree Build(AnnoyItems items, int leafCapacity, TreeRandom random, CancellationToken cancellationToken)
    {
        var builder = new AnnoyTreeBuilder(items, leafCapacity, random, cancellationToken);
        builder.Make(0, items.Count, isRoot: true);
        return new AnnoyTree(builder._nodes, builder._order, builder._planes);
    }

    /// <returns>The node as a parent names it. No split is worse than 99 : 1, so the recursion stays some thousand calls deep at most.</returns>
    private int Make(int start, int count, bool isRoot)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (count == 1 && !isRoot)
        {
            return _items.Ids[_order[start]];
        }

        // A root says that it holds all item nodes, so one with more than a leaf's worth of them is read as a split, unless one item is all.
        int descendants = isRoot ? _itemNodes : count;
        if (count <= _leafCapacity && (!isRoot || _itemNodes <= _leafCapacity || count == 1))
        {
            _nodes.Add(new AnnoyTreeNode(descendants, AnnoyTreeNode.Leaf, start, count));
            return ~(_nodes.Count - 1);
        }

        (float[] plane, int negative) = Split(start, count);
        int number = _planes.Count;
        _planes.Add(plane);

        // The smaller side first, which then lies nearer to its parent's other side in the file.
        int first, second;
        if (negative <= count - negative)
        {
            first = Make(start, negative, isRoot: false);
            second = Make(start + negative, count - negative, isRoot: false);
        }
        else
        {
            second = Make(start + negative, count - negative, isRoot: false);
            first = Make(start, negative, isRoot: false);
        }

        _nodes.Add(new AnnoyTreeNode(descendants, number, first, second));
        return ~(_nodes.Count - 1);
    }

    /// <summary>Orders the items so that those on the negative side come first, both sides in the order of their ids.</summary>
    private (float[] Plane, int Negative) Split(int start, int count)
    {
        float[] plane = new float[_items.Dimensions];
        double imbalance = 1;
        for (int attempt = 0; attempt < Attempts && imbalance >= GoodImbalance; attempt++)
        {
            FindPlane(start, count, plane);
            imbalance = ChooseSides(start, count, plane);
        }

        // No plane divides them: they are divided by chance, and a search that comes to the zero plane follows both sides.
        if (imbalance > WorstImbalance)
        {
            plane.AsSpan().Clear();
            while (imbalance > WorstImbalance)
            {
                imbalance = ChooseSides(start, count, plane);
            }
        }

        return (plane, Partition(start, count));
    }

    private void FindPlane(int start, int count, float[] plane)
    {
        int i = _random.Below(count);
        int j = _random.Below(count - 1);
        j += j >= i ? 1 : 0;
        float firstNorm = Begin(_firstMean, _order[start + i]), secondNorm = Begin(_secondMean, _order[start + j]);
        int firstCount = 1, secondCount = 1;
        for (int step = 0; step < MeanSteps; step++)
        {
            int item = _order[start + _random.Below(count)];
            ReadOnlySpan<float> vector = _items.Direction(item);
            float norm = _items.SquaredNorms[item];
            if (norm <= 0)
            {
                continue;
            }

            double toFirst = firstCount * Distance(_firstMean, firstNorm, vector, norm);
            double toSecond = secondCount * Distance(_secondMean, secondNorm, vector, norm);
            if (toFirst < toSecond)
            {
                AnnoyKernels.AddToMean(_firstMean, firstCount++, vector, 1 / MathF.Sqrt(norm));
                firstNorm = AnnoyKernels.FastDot(_firstMean, _firstMean);
            }
            else if (toSecond < toFirst)
            {
                AnnoyKernels.AddToMean(_secondMean, secondCount++, vector, 1 / MathF.Sqrt(norm));
                secondNorm = AnnoyKernels.FastDot(_secondMean, _secondMean);
            }
        }

        for (int z = 0; z < plane.Length; z++)
        {
            plane[z] = _firstMean[z] - _secondMean[z];
        }

        Normalize(plane);
    }

    /// <summary>Sets a mean to an item, scaled to length 1, and returns its squared length.</summary>
    private float Begin(float[] mean, int item)
    {
        _items.Direction(item).CopyTo(mean);
        Normalize(mean);
        return AnnoyKernels.FastDot(mean, mean);
    }

    private static void Normalize(float[] vector)
    {
        float norm = MathF.Sqrt(AnnoyKernels.FastDot(vector, vector));
        if (norm > 0)
        {
            for (int z = 0; z < vector.Length; z++)
            {
                vector[z] /= norm;
            }
        }
    }

    /// <summary>2 − 2·cos, and 2 where one is zero.</summary>
    private static double Distance(ReadOnlySpan<float> mean, float meanNorm, ReadOnlySpan<float> vector, float norm)
    {
        double norms = (double)meanNorm * norm;
        return norms > 0 ? 2 - (2 * AnnoyKernels.FastDot(mean, vector) / Math.Sqrt(norms)) : 2;
    }

    /// <summary>Tells for each item which side it lies on, and returns the share of the larger side; what lies in the plane goes by chance.</summary>
    private double ChooseSides(int start, int count, float[] plane)
    {
        int positive = 0;
        for (int i = start; i < start + count; i++)
        {
            float margin = AnnoyKernels.FastDot(plane, _items.Direction(_order[i]));
            _sides[i] = margin != 0 ? margin > 0 : _random.Coin();
            positive += _sides[i] ? 1 : 0;
        }

        return Math.Max(positive, count - positive) / (double)count;
    }

    private int Partition(int start, int count)
    {
        int negative = 0, positive = 0;
        for (int i = start; i < start + count; i++)
        {
            if (_sides[i])
            {
                _positive[positive++] = _order[i];
            }
            else
            {
                _order[start + negative++] = _order[i];
            }
        }

        _positive.AsSpan(0, positive).CopyTo(_order.AsSpan(start + negative));
        return negative;
    }
}
