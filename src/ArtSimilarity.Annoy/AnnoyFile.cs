using ArtSimilarity.IndexFiles;
using ArtSimilarity.Annoy.Nodes;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy;

/// <summary>
/// A file written by spotify/annoy, searched by Annoy's own algorithm: for the same k and <c>search_k</c> the same ids come back in
/// the same order.
/// </summary>
/// <remarks>
/// <para>
/// The format is what <c>annoylib.h</c> dumps from memory on a little-endian machine, without a header. The first nodes are the items
/// (with holes where ids were left out), then come the trees, last a copy of all roots. Nothing in it tells the metric or the
/// dimensions: wrong ones are refused where they can be told from the structure.
/// </para>
/// <para>
/// Safe to search from several threads at once. A damaged file gives a <see cref="VectorIndexFileException"/> when it is opened or
/// when a search meets the damage; the format has no checksum, so damage to the numbers alone goes unnoticed.
/// </para>
/// <para>
/// Where Annoy's single precision overflows or vanishes, Annoy tells one distance for all items: for angles where the product of
/// two lengths is above about 10¹⁹ or below 10⁻²², for the other metrics where a distance is. This class goes on in double precision.
/// </para>
/// </remarks>
public sealed unsafe class AnnoyFile : IDisposable
{
    private readonly IndexMemory _memory;
    private readonly string _path;
    private readonly NodeFormat _format;
    private readonly int[] _roots;

    private AnnoyFile(IndexMemory memory, string path, NodeFormat format)
    {
        _memory = memory;
        _path = path;
        _format = format;
        if (memory.Length % format.NodeLength != 0)
        {
            throw new VectorIndexFileException($"{path}: {memory.Length} bytes are no whole number of nodes of {Dimensions} dimensions ({format.NodeLength} bytes each): truncated, of other dimensions or another metric than {Metric}, or no Annoy index.");
        }

        long nodes = memory.Length / format.NodeLength;
        if (nodes > int.MaxValue)
        {
            throw new VectorIndexFileException($"{path}: {nodes} nodes are more than the format can number.");
        }

        NodeCount = (int)nodes;
        _roots = FindRoots();
        ItemCount = Descendants(_roots[0]);
        if (ItemCount < 0 || ItemCount >= NodeCount)
        {
            throw new VectorIndexFileException($"{path}: the root says it holds {ItemCount} items, the file has {NodeCount} nodes: damaged, of other dimensions or another metric than {Metric}, or no Annoy index.");
        }

        for (int node = 0; node < (ItemCount == 0 ? NodeCount : ItemCount); node++)
        {
            if (Descendants(node) is not 0 && !(ItemCount > 0 && IsItem(node)))
            {
                throw new VectorIndexFileException($"{path}: node {node} should be an item but says it holds {Descendants(node)}: damaged, of other dimensions or another metric than {Metric}, or no Annoy index.");
            }
        }
    }

    /// <summary>The length of every vector; with <see cref="AnnoyMetric.Hamming"/> the number of bits.</summary>
    public int Dimensions => _format.Dimensions;

    /// <summary>The metric the file was opened with.</summary>
    public AnnoyMetric Metric => _format.Metric;

    /// <summary>One more than the highest id; ids that were left out count too.</summary>
    public int ItemCount { get; }

    /// <summary>The number of roots that Annoy finds: that of the trees, or about twice as many where a tree is a single leaf.</summary>
    public int TreeCount => _roots.Length;

    /// <summary>The number of nodes in the file: items, splits, leaves and copied roots.</summary>
    public int NodeCount { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dimensions">The length of its vectors (Annoy's <c>f</c>), at least 1; the file does not tell.</param>
    /// <param name="metric">The metric it was built with; the file does not tell.</param>
    /// <param name="map">
    /// Whether the file is mapped into memory instead of read. It then opens at once. Nobody may change it in place while it is open:
    /// on Linux and macOS a truncation ends the process at the next search.
    /// </param>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimensions"/> is below 1 or above 2²⁸, or there is no such metric.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="VectorIndexFileException">
    /// The file is no Annoy index of these dimensions and this metric, no regular file (but a folder, a pipe, a socket or a device), is
    /// damaged, or was changed while it was read.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">The file is not mapped and is longer than the memory that the process may use.</exception>
    public static AnnoyFile Open(string path, int dimensions, AnnoyMetric metric = AnnoyMetric.Angular, bool map = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MaxDimensions);
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Annoy's files are used as they are, which takes a little-endian processor.");
        }

        NodeFormat[] formats = NodeFormat.Of(metric, dimensions);
        int shortest = formats.Min(format => format.NodeLength);
        IndexMemory memory = map ? MappedIndexMemory.Open(path, shortest) : IndexFile.Read(path, shortest, check: null, "Mapping it (map: true)");
        try
        {
            VectorIndexFileException? refusal = null;
            foreach (NodeFormat format in formats)
            {
                try
                {
                    return new AnnoyFile(memory, path, format);
                }
                catch (VectorIndexFileException e)
                {
                    refusal ??= e;
                }
            }

            throw refusal!;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Whether an item was added under an id.</summary>
    /// <param name="id">The id.</param>
    /// <returns><see langword="false"/> for an id beyond the last or one that was left out.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public bool Contains(int id)
    {
        using Hold hold = new(this);
        return id >= 0 && id < ItemCount && IsItem(id);
    }

    /// <summary>Copies the vector of an item.</summary>
    /// <param name="id">The id.</param>
    /// <param name="vector">Receives <see cref="Dimensions"/> numbers.</param>
    /// <returns><see langword="false"/>, with nothing copied, when there is no such item.</returns>
    /// <exception cref="ArgumentException"><paramref name="vector"/> has another length.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public bool TryGetVector(int id, Span<float> vector)
    {
        ThrowIfOfOtherLength(vector.Length, nameof(vector));
        using Hold hold = new(this);
        if (id < 0 || id >= ItemCount || !IsItem(id))
        {
            return false;
        }

        _format.CopyVector(Node(id), vector);
        return true;
    }

    /// <summary>Reads all items, to build an index of another kind from them.</summary>
    /// <param name="cancellationToken">Cancels between vectors.</param>
    /// <returns>The vectors under their own ids, ascending; ids that were left out are left out here too.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="VectorIndexFileException">A vector has a number that is not finite or too large to square.</exception>
    public VectorSet ReadVectors(CancellationToken cancellationToken = default)
    {
        using Hold hold = new(this);
        var vectors = new VectorSet(Dimensions);
        float[] vector = new float[Dimensions];
        for (int id = 0; id < ItemCount; id++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsItem(id))
            {
                continue;
            }

            _format.CopyVector(Node(id), vector);
            try
            {
                vectors.Add([id], vector);
            }
            catch (ArgumentException e)
            {
                throw new VectorIndexFileException($"{_path}: the vector of item {id} cannot be used. {e.Message}", e);
            }
        }

        return vectors;
    }

    /// <summary>Finds the items nearest to a query, as Annoy's <c>get_nns_by_vector</c> does.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">
    /// Receives the neighbours by ascending distance, equal ones by id; its length is k. With <see cref="AnnoyMetric.DotProduct"/> the
    /// distance told is the inner product, and the largest comes first.
    /// </param>
    /// <param name="searchK">How many candidates to collect from the trees; −1 takes k times the number of trees.</param>
    /// <returns>How many neighbours were written; as with Annoy, fewer than k when too few candidates came together.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="searchK"/> is below −1.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="VectorIndexFileException">The search met a damaged node.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, int searchK = -1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(searchK, -1);
        ThrowIfOfOtherLength(query.Length, nameof(query));
        if (query.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is int place and >= 0)
        {
            throw new ArgumentException($"Component {place} of the vector is {query[place]}: all numbers must be finite.", nameof(query));
        }

        if (results.IsEmpty)
        {
            return 0;
        }

        using Hold hold = new(this);
        ulong[] words = new ulong[(_format.NodeLength + sizeof(ulong) - 1) / sizeof(ulong)];
        fixed (ulong* aligned = words)
        {
            byte* node = (byte*)aligned;
            _format.SetQuery(node, query);
            return Search(node, results, searchK == -1 ? (long)results.Length * _roots.Length : searchK);
        }
    }

    /// <summary>Closes the file once the searches that still run have ended.</summary>
    public void Dispose() => _memory.Dispose();

    internal const int MaxDimensions = 1 << 28;

    private int Search(byte* query, Span<Neighbor> results, long wanted)
    {
        List<int> candidates = Collect(query, wanted);
        candidates.Sort();
        List<(double Order, int Id)> scored = new(candidates.Count);
        int last = -1;
        foreach (int id in candidates)
        {
            if (id != last && IsItem(id))
            {
                scored.Add((_format.OrderOf(query, Node(id)), id));
            }

            last = id;
        }

        scored.Sort();
        int found = Math.Min(results.Length, scored.Count);
        for (int i = 0; i < found; i++)
        {
            results[i] = new Neighbor(scored[i].Id, _format.DistanceOf(scored[i].Order));
        }

        return found;
    }

    /// <summary>Walks all trees best-first through one queue until enough candidates are in; an item may come more than once.</summary>
    private List<int> Collect(byte* query, long wanted)
    {
        var queue = new PriorityQueue<int, (float Margin, int Node)>(Comparer<(float Margin, int Node)>.Create(static (x, y) => y.CompareTo(x)));
        foreach (int root in _roots)
        {
            queue.Enqueue(root, (_format.FirstPriority, root));
        }

        List<int> candidates = [];
        int splits = 0;
        while (candidates.Count < wanted && queue.TryDequeue(out int node, out (float Margin, int Node) best))
        {
            int descendants = Descendants(node);
            if (descendants < 0)
            {
                throw Damaged(node, $"it says it holds {descendants} items");
            }

            if (descendants == 1 && node < ItemCount)
            {
                candidates.Add(node);
            }
            else if (descendants <= _format.LeafCapacity)
            {
                for (int i = 0; i < descendants; i++)
                {
                    int child = Child(node, i);
                    candidates.Add((uint)child < (uint)ItemCount ? child : throw Damaged(node, $"it lists {child} as an item"));
                }
            }
            else
            {
                // No tree holds a node twice, and no two trees share one: a walk that splits more often than there are nodes goes round.
                if (++splits > NodeCount)
                {
                    throw Damaged(node, "the trees run in a circle");
                }

                float margin = _format.Margin(Node(node), query);
                if (float.IsNaN(margin))
                {
                    throw Damaged(node, "its plane makes no sense");
                }

                for (int side = 1; side >= 0; side--)
                {
                    int child = Child(node, side);
                    if ((uint)child >= (uint)NodeCount)
                    {
                        throw Damaged(node, $"its child is {child}");
                    }

                    queue.Enqueue(child, (_format.ChildPriority(best.Margin, margin, side), child));
                }
            }
        }

        return candidates;
    }

    /// <summary>The copies of the roots at the end of the file: all that hold as many items as the last node.</summary>
    private int[] FindRoots()
    {
        List<int> roots = [];
        int items = Descendants(NodeCount - 1);
        for (int node = NodeCount - 1; node >= 0 && Descendants(node) == items; node--)
        {
            roots.Add(node);
        }

        // The last tree's own root lies right before the copies, and would count twice.
        if (roots.Count > 1 && Child(roots[0], 0) == Child(roots[^1], 0))
        {
            roots.RemoveAt(roots.Count - 1);
        }

        return [.. roots];
    }

    private bool IsItem(int id) => Descendants(id) == 1;

    private int Descendants(int node) => *(int*)Node(node);

    private int Child(int node, int place) => *(int*)(Node(node) + _format.ChildrenOffset + (place * sizeof(int)));

    private byte* Node(int node) => _memory.Pointer + ((long)node * _format.NodeLength);

    private void ThrowIfOfOtherLength(int length, string parameterName)
    {
        if (length != Dimensions)
        {
            throw new ArgumentException($"The vector has {length} dimensions, not {Dimensions}.", parameterName);
        }
    }

    private VectorIndexFileException Damaged(int node, string what) => new($"{_path}: node {node} is damaged, {what}.");

    /// <summary>Keeps the memory while a call uses it.</summary>
    private readonly ref struct Hold
    {
        private readonly IndexMemory _memory;

        public Hold(AnnoyFile file)
        {
            bool held = false;
            ObjectDisposedException.ThrowIf(file._memory.IsClosed, file);
            file._memory.DangerousAddRef(ref held);
            _memory = file._memory;
        }

        public void Dispose() => _memory.DangerousRelease();
    }
}
