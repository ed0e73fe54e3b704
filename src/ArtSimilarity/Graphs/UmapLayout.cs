using System.Numerics;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Graphs;

/// <summary>Lays a graph out in the plane, so that works that look alike lie near each other.</summary>
/// <remarks>
/// <para>
/// L. McInnes, J. Healy, J. Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction", 2018, with a minimum
/// distance of 0.1 and a spread of 1. It begins with the ranks in two eigenvectors of the normalised graph.
/// </para>
/// <para>It computes on the calling thread, for the same layout every time. Places far apart say little: the layout keeps neighbourhoods.</para>
/// </remarks>
public static class UmapLayout
{
    // The curve 1 / (1 + a·d^(2b)) that fits a minimum distance of 0.1 and a spread of 1 best.
    private const double A = 1.576943460405378, B = 0.8950608781227859;

    private const float MostPull = 4, Extent = 10, NoiseOfStart = 0.01f;
    private const double Tolerance = 1e-5, LeastBandwidth = 1e-3;
    private const int BandwidthSteps = 64, SpectralSteps = 200, SmallGraph = 10_000, EpochsOfSmall = 500, EpochsOfLarge = 200;

    /// <summary>Computes a layout.</summary>
    /// <param name="graph">The graph; 15 neighbours a work do well.</param>
    /// <param name="options">Seed and effort; <see langword="null"/> takes the defaults.</param>
    /// <param name="progress">Told how much is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Cancels the computation.</param>
    /// <returns>The place of each work: X and Y, in units in which near neighbours lie some tenths apart.</returns>
    public static IReadOnlyList<Vector2> Compute(
        NeighborGraph graph, UmapOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        options ??= new UmapOptions();
        int count = graph.Works.Count;
        var random = new SplitMix((ulong)options.Seed);
        Neighbor[][] weights = Weights(graph); // the fuzzy union: both directions of each pair, with the weight in place of the distance
        Vector2[] places = Start(weights, random, cancellationToken);
        int epochs = options.Epochs ?? (count <= SmallGraph ? EpochsOfSmall : EpochsOfLarge);
        float most = weights.SelectMany(list => list).Select(edge => edge.Distance).DefaultIfEmpty(1).Max();

        // An edge of the largest weight is drawn in every epoch, one of half of it in every second.
        (int From, int To, float Period)[] edges = [.. weights.SelectMany((list, from) => list
            .Where(edge => edge.Distance >= most / epochs)
            .Select(edge => (from, edge.Id, most / edge.Distance)))];
        float[] next = Array.ConvertAll(edges, edge => edge.Period);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            float step = 1 - (epoch / (float)epochs);
            for (int e = 0; e < edges.Length; e++)
            {
                if (next[e] > epoch + 1)
                {
                    continue;
                }

                (int from, int to, float period) = edges[e];
                next[e] += period;
                Vector2 pull = step * Pull(places[from] - places[to]);
                places[from] += pull;
                places[to] -= pull;
                for (int n = 0; n < options.NegativeSamples; n++)
                {
                    int other = random.Below(count);
                    if (other != from)
                    {
                        places[from] += step * Push(places[from] - places[other]);
                    }
                }
            }

            progress?.Report((epoch + 1) / (double)epochs);
        }

        return places;
    }

    private static Vector2 Pull(Vector2 difference)
    {
        float squared = difference.LengthSquared();
        if (squared == 0)
        {
            return Vector2.Zero;
        }

        float power = MathF.Pow(squared, (float)B);
        return Clip((float)(-2 * A * B) * power / squared / (1 + ((float)A * power)) * difference);
    }

    private static Vector2 Push(Vector2 difference)
    {
        float squared = difference.LengthSquared();
        return squared == 0
            ? new Vector2(MostPull, MostPull)
            : Clip((float)(2 * B) / ((0.001f + squared) * (1 + ((float)A * MathF.Pow(squared, (float)B)))) * difference);
    }

    private static Vector2 Clip(Vector2 force) => Vector2.Clamp(force, new Vector2(-MostPull), new Vector2(MostPull));

    /// <summary>How surely two works are neighbours, for all pairs of which one is a neighbour of the other.</summary>
    private static Neighbor[][] Weights(NeighborGraph graph)
    {
        var own = new float[graph.Works.Count][];
        for (int work = 0; work < own.Length; work++)
        {
            own[work] = Membership(graph.NeighborsOf(work));
        }

        return [.. graph.Linked.Select((linked, work) => linked.Select(neighbor =>
        {
            float there = Of(work, neighbor.Id), back = Of(neighbor.Id, work);
            return new Neighbor(neighbor.Id, there + back - (there * back));
        }).ToArray())];

        float Of(int from, int to)
        {
            ReadOnlySpan<Neighbor> neighbors = graph.NeighborsOf(from);
            for (int i = 0; i < neighbors.Length; i++)
            {
                if (neighbors[i].Id == to)
                {
                    return own[from][i];
                }
            }

            return 0;
        }
    }

    /// <summary>The weights of a work's own edges: 1 for the nearest, and falling so that they sum to the logarithm of their number.</summary>
    private static float[] Membership(ReadOnlySpan<Neighbor> neighbors)
    {
        float[] weights = new float[neighbors.Length];
        if (weights.Length == 0)
        {
            return weights;
        }

        double nearest = 0, mean = 0, target = Math.Log2(neighbors.Length + 1);
        foreach (Neighbor neighbor in neighbors)
        {
            nearest = nearest == 0 && neighbor.Distance > 0 ? neighbor.Distance : nearest;
            mean += neighbor.Distance / (double)neighbors.Length;
        }

        double low = 0, high = double.PositiveInfinity, bandwidth = 1;
        for (int step = 0; step < BandwidthSteps; step++)
        {
            double sum = 0;
            foreach (Neighbor neighbor in neighbors)
            {
                sum += Math.Exp(-Math.Max(0, neighbor.Distance - nearest) / bandwidth);
            }

            if (Math.Abs(sum - target) < Tolerance)
            {
                break;
            }

            (low, high) = sum > target ? (low, bandwidth) : (bandwidth, high);
            bandwidth = double.IsPositiveInfinity(high) ? bandwidth * 2 : (low + high) / 2;
        }

        bandwidth = Math.Max(bandwidth, Math.Max(LeastBandwidth * mean, double.Epsilon));
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)Math.Exp(-Math.Max(0, neighbors[i].Distance - nearest) / bandwidth);
        }

        return weights;
    }

    /// <summary>The ranks of the works in two eigenvectors of the normalised graph, found by orthogonal iteration. Ranks, for no group shall lie far off.</summary>
    private static Vector2[] Start(Neighbor[][] weights, SplitMix random, CancellationToken cancellationToken)
    {
        int count = weights.Length;
        double[] root = Array.ConvertAll(weights, list => Math.Sqrt(list.Sum(edge => (double)edge.Distance)));
        double[] trivial = [.. root];
        Normalize(trivial);
        double[][] vectors = [.. Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, count).Select(_ => (double)random.Unit() - 0.5).ToArray())];
        double[] product = new double[count];
        for (int step = 0; step < SpectralSteps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int v = 0; v < vectors.Length; v++)
            {
                for (int i = 0; i < count; i++)
                {
                    double sum = 0;
                    foreach (Neighbor edge in weights[i])
                    {
                        sum += edge.Distance * vectors[v][edge.Id] / Math.Max(root[i] * root[edge.Id], double.Epsilon);
                    }

                    product[i] = (sum + vectors[v][i]) / 2;
                }

                product.CopyTo(vectors[v], 0);
                Remove(vectors[v], trivial);
                if (v == 1)
                {
                    Remove(vectors[1], vectors[0]);
                }

                Normalize(vectors[v]);
            }
        }

        var places = new Vector2[count];
        for (int v = 0; v < 2; v++)
        {
            int[] order = [.. Enumerable.Range(0, count)];
            Array.Sort(vectors[v], order);
            for (int rank = 0; rank < count; rank++)
            {
                float place = Extent * (((2 * rank) + 1f) / count - 1) + (NoiseOfStart * (random.Unit() - 0.5f));
                places[order[rank]] += v == 0 ? new Vector2(place, 0) : new Vector2(0, place);
            }
        }

        return places;
    }

    private static void Remove(double[] vector, double[] direction)
    {
        double product = 0;
        for (int i = 0; i < vector.Length; i++)
        {
            product += vector[i] * direction[i];
        }

        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] -= product * direction[i];
        }
    }

    private static void Normalize(double[] vector)
    {
        double norm = Math.Sqrt(vector.Sum(value => value * value));
        for (int i = 0; norm > 0 && i < vector.Length; i++)
        {
            vector[i] /= norm;
        }
    }

    /// <summary>SplitMix64: the same numbers on every platform and version.</summary>
    private sealed class SplitMix(ulong state)
    {
        public float Unit() => (Next() >> 40) / (float)(1 << 24);

        public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

        private ulong Next()
        {
            state += 0x9E3779B97F4A7C15;
            ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
