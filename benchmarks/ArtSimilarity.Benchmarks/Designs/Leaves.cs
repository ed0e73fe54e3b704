using System.Numerics.Tensors;

namespace ArtSimilarity.Benchmarks.Designs;

/// <summary>Leaves with their centroids.</summary>
internal static class Leaves
{
    /// <summary>Looks at the leaves in the order of their centroids' distance from the query.</summary>
    public static Partition NearestFirst(string name, UnitRows rows, IReadOnlyList<int[]> leaves)
    {
        float[][] centroids = [.. leaves.Select(leaf => rows.Mean(leaf))];
        return new Partition(name, leaves, query =>
        {
            float[] distances = [.. centroids.Select(centroid => TensorPrimitives.Distance<float>(centroid, query))];
            int[] order = [.. Enumerable.Range(0, leaves.Count)];
            Array.Sort(distances, order);
            return order;
        });
    }

    /// <summary>Hierarchical k-means: a set is divided among at most so many centroids, and each part again, down to the leaf size.</summary>
    public static List<int[]> ByKMeans(UnitRows rows, int leafSize, int branching)
    {
        const int iterations = 6, samplesPerCentroid = 64;
        var random = new Random(1);
        var leaves = new List<int[]>();
        var open = new Stack<int[]>();
        open.Push([.. Enumerable.Range(0, rows.Count)]);
        while (open.TryPop(out int[]? members))
        {
            if (members.Length <= leafSize)
            {
                leaves.Add(members);
                continue;
            }

            int count = Math.Min(branching, Math.Max(2, (int)Math.Ceiling(members.Length / (0.6 * leafSize))));
            float[][] centroids = [.. Enumerable.Range(0, count).Select(_ => rows[members[random.Next(members.Length)]].ToArray())];
            int[] sample = members.Length <= count * samplesPerCentroid
                ? members
                : [.. Enumerable.Range(0, count * samplesPerCentroid).Select(_ => members[random.Next(members.Length)])];
            for (int i = 0; i < iterations; i++)
            {
                ILookup<int, int> parts = sample.ToLookup(row => Nearest(rows[row], centroids));
                centroids = [.. Enumerable.Range(0, count).Select(c => parts[c].Any() ? rows.Mean(parts[c]) : rows[sample[random.Next(sample.Length)]].ToArray())];
            }

            int[][] divided = [.. members.GroupBy(row => Nearest(rows[row], centroids)).OrderBy(part => part.Key).Select(part => part.ToArray())];
            if (divided.Length < 2)
            {
                divided = [members[..(members.Length / 2)], members[(members.Length / 2)..]];
            }

            Array.ForEach(divided, open.Push);
        }

        return leaves;
    }

    /// <summary>Moves every vector to the leaf with the nearest centroid of all.</summary>
    public static List<int[]> Reassigned(UnitRows rows, List<int[]> leaves)
    {
        float[][] centroids = [.. leaves.Select(leaf => rows.Mean(leaf))];
        int[] nearest = new int[rows.Count];
        Parallel.For(0, rows.Count, row => nearest[row] = Nearest(rows[row], centroids));
        return [.. Enumerable.Range(0, rows.Count).GroupBy(row => nearest[row]).OrderBy(leaf => leaf.Key).Select(leaf => leaf.ToArray())];
    }

    private static int Nearest(ReadOnlySpan<float> vector, float[][] centroids)
    {
        int nearest = 0;
        float best = float.PositiveInfinity;
        for (int c = 0; c < centroids.Length; c++)
        {
            float distance = TensorPrimitives.Distance(vector, centroids[c]);
            (best, nearest) = distance < best ? (distance, c) : (best, nearest);
        }

        return nearest;
    }
}
