using System.Numerics.Tensors;

namespace ArtSimilarity.Benchmarks.Designs;

/// <summary>
/// Trees as spotify/annoy builds them (two-means of random members give a plane through the origin), walked best-first over
/// all trees by the smallest margin crossed.
/// </summary>
internal sealed class RandomProjectionForest
{
    private const int TwoMeansSteps = 200;

    private readonly UnitRows _rows;
    private readonly int _leafSize;
    private readonly List<int[]> _leaves = [];
    private readonly List<Node> _roots = [];

    public RandomProjectionForest(UnitRows rows, int trees, int leafSize)
    {
        _rows = rows;
        _leafSize = leafSize;
        for (int tree = 0; tree < trees; tree++)
        {
            _roots.Add(Build([.. Enumerable.Range(0, rows.Count)], new Random(tree)));
        }
    }

    public Partition ByMargin() => new($"random projection trees ({_roots.Count}), least margin first, as Annoy does", _leaves, Walk);

    public Partition ByCentroid() => Leaves.NearestFirst($"random projection trees ({_roots.Count}), nearest centroid first", _rows, _leaves);

    private Node Build(int[] members, Random random)
    {
        if (members.Length <= _leafSize)
        {
            _leaves.Add(members);
            return new Node([], null, null, _leaves.Count - 1);
        }

        float[] normal = TwoMeans(members, random);
        int[] positive = [.. members.Where(row => TensorPrimitives.Dot(normal, _rows[row]) > 0)];
        int[] negative = positive.Length is 0 || positive.Length == members.Length ? members[(members.Length / 2)..] : [.. members.Except(positive)];
        if (positive.Length is 0 || positive.Length == members.Length)
        {
            positive = members[..(members.Length / 2)];
            Array.Clear(normal);
        }

        return new Node(normal, Build(negative, random), Build(positive, random), -1);
    }

    private float[] TwoMeans(int[] members, Random random)
    {
        float[][] centroids = [_rows[members[random.Next(members.Length)]].ToArray(), _rows[members[random.Next(members.Length)]].ToArray()];
        int[] sizes = [1, 1];
        for (int step = 0; step < TwoMeansSteps; step++)
        {
            ReadOnlySpan<float> vector = _rows[members[random.Next(members.Length)]];
            double first = sizes[0] * (1 - TensorPrimitives.CosineSimilarity(centroids[0], vector));
            double second = sizes[1] * (1 - TensorPrimitives.CosineSimilarity(centroids[1], vector));
            int nearer = first < second ? 0 : 1;
            TensorPrimitives.Multiply(centroids[nearer], sizes[nearer], centroids[nearer]);
            TensorPrimitives.Add(centroids[nearer], vector, centroids[nearer]);
            TensorPrimitives.Divide(centroids[nearer], ++sizes[nearer], centroids[nearer]);
        }

        float[] normal = new float[_rows.Dimensions];
        for (int i = 0; i < normal.Length; i++)
        {
            normal[i] = (centroids[0][i] / TensorPrimitives.Norm<float>(centroids[0])) - (centroids[1][i] / TensorPrimitives.Norm<float>(centroids[1]));
        }

        TensorPrimitives.Divide(normal, Math.Max(TensorPrimitives.Norm<float>(normal), float.Epsilon), normal);
        return normal;
    }

    private IEnumerable<int> Walk(float[] query)
    {
        var frontier = new PriorityQueue<Node, float>(_roots.Select(root => (root, float.NegativeInfinity)));
        while (frontier.TryDequeue(out Node? node, out float crossed))
        {
            if (node.Leaf >= 0)
            {
                yield return node.Leaf;
                continue;
            }

            float margin = TensorPrimitives.Dot<float>(node.Normal, query);
            frontier.Enqueue(node.Positive!, Math.Max(crossed, -margin));
            frontier.Enqueue(node.Negative!, Math.Max(crossed, margin));
        }
    }

    private sealed record Node(float[] Normal, Node? Negative, Node? Positive, int Leaf);
}
