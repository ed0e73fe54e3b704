using ArtSimilarity.Indexing;

namespace ArtSimilarity.Graphs;

/// <summary>The graph of works and their nearest neighbours: an edge leads from each work to each of its k nearest.</summary>
/// <remarks>
/// Works are named by their index in <see cref="Works"/>. The graph is directed, for a work need not be among the nearest of its own
/// neighbours; paths go along edges in both directions. Immutable; any number of threads may use it.
/// </remarks>
public sealed class NeighborGraph
{
    private readonly long[] _first; // of each work, and the end: a million works with many neighbours exceed an int
    private readonly Neighbor[][] _neighbors;
    private readonly Dictionary<string, int> _indexOf;
    private readonly Lazy<Neighbor[][]> _linked;

    /// <summary>Creates a graph from works and their neighbours.</summary>
    /// <param name="works">The works; keys are distinct.</param>
    /// <param name="neighbors">
    /// The nearest neighbours of each work, nearest first. <see cref="Neighbor.Id"/> is an index in <paramref name="works"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The lengths differ, a key is given twice, or a work has a neighbour that does not exist, is itself or is given twice; or a distance is NaN.
    /// </exception>
    public NeighborGraph(IReadOnlyList<Painting> works, IReadOnlyList<IReadOnlyList<Neighbor>> neighbors)
        : this(CheckedWorks(works), CheckedNeighbors(works, neighbors), null)
    {
    }

    internal NeighborGraph(Painting[] works, Neighbor[][] neighbors, int[]? signatureIds)
    {
        Works = works;
        SignatureIds = signatureIds;
        _neighbors = neighbors;
        _first = new long[works.Length + 1];
        _indexOf = new Dictionary<string, int>(works.Length, StringComparer.Ordinal);
        for (int i = 0; i < works.Length; i++)
        {
            _first[i + 1] = _first[i] + neighbors[i].Length;
            if (!_indexOf.TryAdd(works[i].Key, i))
            {
                throw new ArgumentException($"The work '{works[i].Key}' is given twice.", nameof(works));
            }
        }

        _linked = new Lazy<Neighbor[][]>(Link);
    }

    /// <summary>The works.</summary>
    public IReadOnlyList<Painting> Works { get; }

    /// <summary>The number of directed edges.</summary>
    public long EdgeCount => _first[^1];

    /// <summary>All edges: those of the first work, nearest first, then those of the second, and so on.</summary>
    public IEnumerable<GraphEdge> Edges
    {
        get
        {
            for (int from = 0; from < _neighbors.Length; from++)
            {
                foreach (Neighbor neighbor in _neighbors[from])
                {
                    yield return new GraphEdge(from, neighbor.Id, neighbor.Distance, IsMutual(from, neighbor.Id));
                }
            }
        }
    }

    /// <summary>The id of each work's signature; <see langword="null"/> for a graph that comes from no gallery.</summary>
    internal int[]? SignatureIds { get; }

    /// <summary>The works that each is linked with in either direction, with their distances, by ascending index.</summary>
    internal Neighbor[][] Linked => _linked.Value;

    /// <summary>The nearest neighbours of a work.</summary>
    /// <param name="work">The index of the work.</param>
    /// <returns>The neighbours, nearest first. <see cref="Neighbor.Id"/> is an index in <see cref="Works"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such work.</exception>
    public ReadOnlySpan<Neighbor> NeighborsOf(int work)
    {
        ThrowIfNoWork(work, nameof(work));
        return _neighbors[work];
    }

    /// <summary>Whether two works are each among the nearest neighbours of the other.</summary>
    /// <param name="first">The index of one.</param>
    /// <param name="second">The index of the other.</param>
    /// <returns>Whether there are edges both ways.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such work.</exception>
    public bool IsMutual(int first, int second)
    {
        ThrowIfNoWork(first, nameof(first));
        ThrowIfNoWork(second, nameof(second));
        return Has(first, second) && Has(second, first);
    }

    /// <summary>Looks a work up.</summary>
    /// <param name="key">Its key, compared ordinally.</param>
    /// <returns>Its index in <see cref="Works"/>; <see langword="null"/> when it is not in the graph.</returns>
    public int? IndexOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _indexOf.TryGetValue(key, out int index) ? index : null;
    }

    /// <summary>Finds the shortest path from one work to another, along edges in both directions.</summary>
    /// <param name="from">The index of the first work.</param>
    /// <param name="to">The index of the last work.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The path whose distances have the smallest sum; <see langword="null"/> when no path leads there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such work.</exception>
    /// <exception cref="NotSupportedException">A distance is negative, as an inner product may give: sums of these have no shortest path.</exception>
    /// <remarks>E. W. Dijkstra, "A note on two problems in connexion with graphs", 1959.</remarks>
    public GraphPath? FindPath(int from, int to, CancellationToken cancellationToken = default)
    {
        ThrowIfNoWork(from, nameof(from));
        ThrowIfNoWork(to, nameof(to));
        Neighbor[][] linked = Linked;
        double[] length = new double[linked.Length];
        int[] previous = new int[linked.Length];
        bool[] isDone = new bool[linked.Length];
        Array.Fill(length, double.PositiveInfinity);
        PriorityQueue<int, (double Length, int Index)> queue = new(); // equal lengths by index: the same path every time
        length[from] = 0;
        previous[from] = -1;
        queue.Enqueue(from, (0, from));
        while (queue.TryDequeue(out int work, out _) && work != to)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (isDone[work])
            {
                continue;
            }

            isDone[work] = true;
            foreach (Neighbor neighbor in linked[work])
            {
                if (neighbor.Distance < 0)
                {
                    throw new NotSupportedException($"The distance between '{Works[work].Key}' and '{Works[neighbor.Id].Key}' is negative: paths need distances of 0 or above.");
                }

                double through = length[work] + neighbor.Distance;
                if (through < length[neighbor.Id])
                {
                    length[neighbor.Id] = through;
                    previous[neighbor.Id] = work;
                    queue.Enqueue(neighbor.Id, (through, neighbor.Id));
                }
            }
        }

        return double.IsPositiveInfinity(length[to]) ? null : PathTo(to, previous);
    }

    private GraphPath PathTo(int to, int[] previous)
    {
        List<Painting> works = [];
        List<float> distances = [];
        for (int work = to; work >= 0; work = previous[work])
        {
            works.Add(Works[work]);
            int before = previous[work];
            if (before >= 0)
            {
                distances.Add(Array.Find(Linked[before], neighbor => neighbor.Id == work).Distance);
            }
        }

        works.Reverse();
        distances.Reverse();
        return new GraphPath(works, distances);
    }

    private bool Has(int from, int to)
    {
        foreach (Neighbor neighbor in _neighbors[from])
        {
            if (neighbor.Id == to)
            {
                return true;
            }
        }

        return false;
    }

    private Neighbor[][] Link()
    {
        int[] counts = new int[_neighbors.Length];
        foreach (GraphEdge edge in Edges)
        {
            counts[edge.From]++;
            counts[edge.To] += edge.IsMutual ? 0 : 1;
        }

        Neighbor[][] linked = Array.ConvertAll(counts, count => new Neighbor[count]);
        foreach (GraphEdge edge in Edges)
        {
            linked[edge.From][--counts[edge.From]] = new Neighbor(edge.To, edge.Distance);
            if (!edge.IsMutual)
            {
                linked[edge.To][--counts[edge.To]] = new Neighbor(edge.From, edge.Distance);
            }
        }

        foreach (Neighbor[] list in linked)
        {
            Array.Sort(list, (first, second) => first.Id.CompareTo(second.Id));
        }

        return linked;
    }

    private void ThrowIfNoWork(int work, string name) => ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)work, (uint)_neighbors.Length, name);

    private static Painting[] CheckedWorks(IReadOnlyList<Painting> works)
    {
        ArgumentNullException.ThrowIfNull(works);
        return [.. works];
    }

    private static Neighbor[][] CheckedNeighbors(IReadOnlyList<Painting> works, IReadOnlyList<IReadOnlyList<Neighbor>> neighbors)
    {
        ArgumentNullException.ThrowIfNull(neighbors);
        if (neighbors.Count != works.Count)
        {
            throw new ArgumentException($"{works.Count} works need as many lists of neighbours, not {neighbors.Count}.", nameof(neighbors));
        }

        for (int work = 0; work < works.Count; work++)
        {
            HashSet<int> seen = [work];
            foreach (Neighbor neighbor in neighbors[work])
            {
                if ((uint)neighbor.Id >= (uint)works.Count || float.IsNaN(neighbor.Distance) || !seen.Add(neighbor.Id))
                {
                    throw new ArgumentException($"The work '{works[work].Key}' cannot have the neighbour {neighbor.Id} at {neighbor.Distance}: it does not exist, is the work itself, is given twice, or its distance is NaN.", nameof(neighbors));
                }
            }
        }

        return [.. neighbors.Select(list => list.ToArray())];
    }
}
