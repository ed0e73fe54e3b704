using System.Runtime.CompilerServices;
using ArtSimilarity.FastScan.Files;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.SignCodes;

namespace ArtSimilarity.FastScan.Building;

/// <summary>
/// A tree of centroids that divides the space into leaves (hierarchical k-means, Nistér and Stewénius 2006), trained on a
/// sample of the vectors. A vector goes to the nearest leaf it finds on the way down.
/// </summary>
/// <remarks>
/// Measured on signatures of paintings, leaves chosen by the distance of their centroid hold more of the true neighbours
/// than as many vectors of random projection trees, one tree or ten: see docs/decisions/0006.
/// </remarks>
internal sealed unsafe class LeafTree
{
    /// <summary>How many vectors each leaf's centroid is trained on, on average.</summary>
    private const int SamplesPerLeaf = 48;

    /// <summary>A node has about this many children at most.</summary>
    private const int MaxChildren = 24;

    private const int Iterations = 8;

    /// <summary>How many nodes of a level a vector's way down follows.</summary>
    private const int Beam = 3;

    private readonly int _stride;
    private readonly List<Node> _nodes = [];

    private LeafTree(int stride) => _stride = stride;

    /// <summary>The number of leaves.</summary>
    public int LeafCount { get; private set; }

    /// <summary>Trains a tree.</summary>
    /// <param name="rows">The vectors.</param>
    /// <param name="stride">The length of a padded vector.</param>
    /// <param name="leafSize">The number of vectors a leaf should hold on average.</param>
    /// <param name="random">The random choices.</param>
    /// <param name="parallel">The number of threads, which changes nothing, and cancellation.</param>
    public static LeafTree Train(SourceRows rows, int stride, int leafSize, RandomSource random, ParallelOptions parallel)
    {
        var tree = new LeafTree(stride);
        int leaves = (int)Math.Max(1, ((long)rows.Count + leafSize - 1) / leafSize);
        int samples = (int)Math.Min(rows.Count, (long)leaves * SamplesPerLeaf);
        int[] chosen = Choose(rows.Count, samples, ref random);
        using var memory = new NativeIndexMemory(Math.Max(1L, (long)samples * stride) * sizeof(float));
        var points = new Points((float*)memory.Pointer, stride);
        Parallel.For(0, samples, parallel, i => rows.CopyUnit(chosen[i], points[i], stride));

        int[] all = new int[samples];
        for (int i = 0; i < samples; i++)
        {
            all[i] = i;
        }

        tree.Grow(points, all, leaves, ref random, parallel);
        return tree;
    }

    /// <summary>The leaf a unit vector belongs to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int LeafOf(float* vector)
    {
        // The best nodes of a level, best first, and the best of their children.
        Span<(float Score, int Node)> beam = stackalloc (float, int)[Beam], next = stackalloc (float, int)[Beam];
        beam[0] = (0, 0);
        int width = 1, best = -1;
        float bestScore = float.NegativeInfinity;
        while (width > 0)
        {
            int nextWidth = 0;
            for (int b = 0; b < width; b++)
            {
                Node node = _nodes[beam[b].Node];
                if (node.Leaf >= 0)
                {
                    if (beam[b].Score > bestScore || best < 0)
                    {
                        (bestScore, best) = (beam[b].Score, node.Leaf);
                    }

                    continue;
                }

                for (int c = 0; c < node.Children.Count; c++)
                {
                    float score = node.Children.Score(vector, c);
                    int at = nextWidth;
                    while (at > 0 && next[at - 1].Score < score)
                    {
                        at--;
                    }

                    if (at < Beam)
                    {
                        nextWidth = Math.Min(Beam, nextWidth + 1);
                        next[at..(nextWidth - 1)].CopyTo(next[(at + 1)..]);
                        next[at] = (score, node.FirstChild + c);
                    }
                }
            }

            next[..nextWidth].CopyTo(beam);
            width = nextWidth;
        }

        return best;
    }

    /// <summary>Draws rows without repeating one, in ascending order.</summary>
    private static int[] Choose(int count, int wanted, ref RandomSource random)
    {
        int[] chosen = new int[wanted];
        int taken = 0;
        for (int row = 0; row < count && taken < wanted; row++)
        {
            if (random.Below(count - row) < wanted - taken)
            {
                chosen[taken++] = row;
            }
        }

        return chosen;
    }

    private void Grow(Points points, int[] all, int allLeaves, ref RandomSource random, ParallelOptions parallel)
    {
        var open = new Queue<(int Node, int[] Members, int Leaves)>();
        _nodes.Add(new Node());
        open.Enqueue((0, all, allLeaves));
        while (open.TryDequeue(out (int Node, int[] Members, int Leaves) work))
        {
            parallel.CancellationToken.ThrowIfCancellationRequested();
            int[][] parts = [];
            Centroids? centroids = null;
            if (work.Leaves > 1 && work.Members.Length > 1)
            {
                // As many levels as keep the number of children small, and as equal as can be.
                int levels = (int)Math.Ceiling(Math.Log(work.Leaves) / Math.Log(MaxChildren) - 1e-9);
                int children = (int)Math.Ceiling(Math.Pow(work.Leaves, 1.0 / Math.Max(1, levels)) - 1e-9);
                (centroids, parts) = Cluster(points, work.Members, Math.Min(children, work.Members.Length), ref random, parallel);
            }

            if (parts.Length < 2)
            {
                _nodes[work.Node] = new Node { Leaf = LeafCount++ };
                continue;
            }

            _nodes[work.Node] = new Node { FirstChild = _nodes.Count, Children = centroids! };
            foreach (int[] part in parts)
            {
                int leaves = (int)Math.Max(1, Math.Round((double)work.Leaves * part.Length / work.Members.Length));
                open.Enqueue((_nodes.Count, part, leaves));
                _nodes.Add(new Node());
            }
        }
    }

    /// <summary>Lloyd's k-means, begun at members drawn at random.</summary>
    /// <returns>The centroids that have members, and those members.</returns>
    private (Centroids Centroids, int[][] Parts) Cluster(Points points, int[] members, int count, ref RandomSource random, ParallelOptions parallel)
    {
        int[] first = Choose(members.Length, count, ref random);
        var centroids = new Centroids(count, _stride);
        for (int c = 0; c < count; c++)
        {
            centroids.Set(c, points[members[first[c]]]);
        }

        int[] nearest = new int[members.Length];
        int[] sizes = new int[count];
        for (int iteration = 0; iteration <= Iterations; iteration++)
        {
            Centroids current = centroids;
            const int chunk = 64;
            Parallel.For(0, (members.Length + chunk - 1) / chunk, parallel, part =>
            {
                for (int i = part * chunk; i < Math.Min(members.Length, (part + 1) * chunk); i++)
                {
                    nearest[i] = current.NearestTo(points[members[i]]);
                }
            });
            Array.Clear(sizes);
            foreach (int c in nearest)
            {
                sizes[c]++;
            }

            if (iteration < Iterations)
            {
                centroids = Mean(points, members, nearest, sizes, centroids, parallel);
            }
        }

        var kept = new Centroids(sizes.Count(size => size > 0), _stride);
        int[][] parts = new int[kept.Count][];
        for (int c = 0, to = 0; c < count; c++)
        {
            if (sizes[c] > 0)
            {
                kept.Set(to, centroids[c]);
                int[] part = parts[to++] = new int[sizes[c]];
                int filled = 0;
                for (int i = 0; i < members.Length; i++)
                {
                    if (nearest[i] == c)
                    {
                        part[filled++] = members[i];
                    }
                }
            }
        }

        return (kept, parts);
    }

    /// <summary>The means of the members nearest to each centroid; one that lost all of them stays where it is.</summary>
    private Centroids Mean(Points points, int[] members, int[] nearest, int[] sizes, Centroids before, ParallelOptions parallel)
    {
        var means = new Centroids(before.Count, _stride);
        Parallel.For(0, before.Count, parallel, c =>
        {
            if (sizes[c] == 0)
            {
                means.Set(c, before[c]);
                return;
            }

            float* mean = means[c];
            float weight = 1f / sizes[c];
            for (int i = 0; i < members.Length; i++)
            {
                if (nearest[i] == c)
                {
                    VectorKernels.AddScaled(mean, points[members[i]], weight, _stride);
                }
            }

            means.Measure(c);
        });
        return means;
    }

    private sealed class Node
    {
        public int Leaf { get; init; } = -1;

        public int FirstChild { get; init; }

        public Centroids Children { get; init; } = null!;
    }

    private readonly struct Points(float* start, int stride)
    {
        public float* this[int i] => start + ((long)i * stride);
    }

    /// <summary>Centroids in one block, with half their squared length: what is nearest has the largest dot product minus that.</summary>
    private sealed class Centroids(int count, int stride)
    {
        private readonly float[] _values = GC.AllocateArray<float>(count * stride, pinned: true);
        private readonly float[] _halfSquares = new float[count];

        public int Count => count;

        public float* this[int c] => (float*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_values, c * stride);

        public void Set(int c, float* vector)
        {
            new Span<float>(vector, stride).CopyTo(_values.AsSpan(c * stride));
            Measure(c);
        }

        public void Measure(int c) => _halfSquares[c] = VectorKernels.Dot(this[c], this[c], stride) / 2;

        public float Score(float* vector, int c) => VectorKernels.Dot(vector, this[c], stride) - _halfSquares[c];

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public int NearestTo(float* vector)
        {
            int nearest = 0;
            float best = float.NegativeInfinity;
            for (int c = 0; c < count; c++)
            {
                float score = Score(vector, c);
                if (score > best)
                {
                    (best, nearest) = (score, c);
                }
            }

            return nearest;
        }
    }
}
