using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ArtSimilarity.Annoy.Files;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy;

/// <summary>
/// A file written by spotify/annoy with the angular metric, memory-mapped and searched by Annoy's own algorithm: for the same k and
/// <c>search_k</c> the same ids come back in the same order.
/// </summary>
/// <remarks>
/// <para>
/// The format is what <c>annoylib.h</c> dumps from memory on a little-endian machine: no header, nodes of 12 + 4·f bytes. The first
/// hold the items (with holes where ids were left out), then come the trees, last a copy of all roots. Nothing in it tells the
/// metric or the dimensions: a wrong number of dimensions is refused where it can be told from the structure.
/// </para>
/// <para>
/// Safe to search from several threads at once. A damaged file gives a <see cref="VectorIndexFileException"/> when it is opened or
/// when a search meets the damage; the format has no checksum, so damage to the numbers alone goes unnoticed.
/// </para>
/// </remarks>
public sealed unsafe class AnnoyFile : IDisposable
{
    private const int VectorOffset = 12, ChildrenOffset = 4;
    private readonly ForestMemory _memory;
    private readonly string _path;
    private readonly int _nodeLength;
    private readonly int _leafCapacity;
    private readonly int[] _roots;

    private AnnoyFile(ForestMemory memory, string path, int dimensions)
    {
        _memory = memory;
        _path = path;
        Dimensions = dimensions;
        _nodeLength = NodeLengthOf(dimensions);
        _leafCapacity = (_nodeLength - ChildrenOffset) / sizeof(int);
        if (memory.Length % _nodeLength != 0)
        {
            throw new VectorIndexFileException($"{path}: {memory.Length} bytes are no whole number of nodes of {dimensions} dimensions ({_nodeLength} bytes each): truncated, of other dimensions, or no Annoy index.");
        }

        long nodes = memory.Length / _nodeLength;
        if (nodes > int.MaxValue)
        {
            throw new VectorIndexFileException($"{path}: {nodes} nodes are more than the format can number.");
        }

        NodeCount = (int)nodes;
        _roots = FindRoots();
        ItemCount = Descendants(_roots[0]);
        if (ItemCount < 1 || ItemCount > NodeCount)
        {
            throw new VectorIndexFileException($"{path}: the root says it holds {ItemCount} items, the file has {NodeCount} nodes: damaged, of other dimensions, or no Annoy index.");
        }

        for (int item = 0; item < ItemCount; item++)
        {
            if (Descendants(item) is not (0 or 1) && !_roots.Contains(item))
            {
                throw new VectorIndexFileException($"{path}: node {item} should be an item but says it holds {Descendants(item)}: damaged, of other dimensions, or no Annoy index.");
            }
        }
    }

    /// <summary>The length of every vector.</summary>
    public int Dimensions { get; }

    /// <summary>One more than the highest id; ids that were left out count too.</summary>
    public int ItemCount { get; }

    /// <summary>The number of trees.</summary>
    public int TreeCount => _roots.Length;

    /// <summary>The number of nodes in the file: items, splits, leaves and copied roots.</summary>
    public int NodeCount { get; }

    /// <summary>Maps a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dimensions">The length of its vectors, at least 1; the file does not tell.</param>
    /// <returns>The open file; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimensions"/> is below 1 or above 2²⁸.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="VectorIndexFileException">The file is no Annoy index of these dimensions, or is damaged.</exception>
    public static AnnoyFile Open(string path, int dimensions)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, 1 << 28);
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Annoy's files are mapped as they are, which takes a little-endian processor.");
        }

        ForestMemory memory = MappedForestMemory.Open(path, NodeLengthOf(dimensions));
        try
        {
            return new AnnoyFile(memory, path, dimensions);
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
        if (vector.Length != Dimensions)
        {
            throw new ArgumentException($"The vector has {vector.Length} dimensions, not {Dimensions}.", nameof(vector));
        }

        using Hold hold = new(this);
        if (id < 0 || id >= ItemCount || !IsItem(id))
        {
            return false;
        }

        Vector(id).CopyTo(vector);
        return true;
    }

    /// <summary>Finds the items nearest to a query, as Annoy's <c>get_nns_by_vector</c> does.</summary>
    /// <param name="query">A vector of <see cref="Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours by ascending angular distance, equal ones by id; its length is k.</param>
    /// <param name="searchK">How many candidates to collect from the trees; −1 takes k times the number of trees.</param>
    /// <returns>How many neighbours were written; as with Annoy, fewer than k when too few candidates came together.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="searchK"/> is below −1.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    /// <exception cref="VectorIndexFileException">The search met a damaged node.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> results, int searchK = -1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(searchK, -1);
        if (query.Length != Dimensions)
        {
            throw new ArgumentException($"The vector has {query.Length} dimensions, not {Dimensions}.", nameof(query));
        }

        if (query.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is int place and >= 0)
        {
            throw new ArgumentException($"Component {place} of the vector is {query[place]}: all numbers must be finite.", nameof(query));
        }

        if (results.IsEmpty)
        {
            return 0;
        }

        using Hold hold = new(this);
        long wanted = searchK == -1 ? (long)results.Length * _roots.Length : searchK;
        List<int> candidates = Collect(query, wanted);
        candidates.Sort();

        float queryNorm = Dot(query, query);
        List<Neighbor> scored = new(candidates.Count);
        int last = -1;
        foreach (int id in candidates)
        {
            if (id != last && IsItem(id))
            {
                scored.Add(new Neighbor(id, SquaredDistance(query, queryNorm, id)));
            }

            last = id;
        }

        scored.Sort();
        int found = Math.Min(results.Length, scored.Count);
        for (int i = 0; i < found; i++)
        {
            results[i] = new Neighbor(scored[i].Id, MathF.Sqrt(Math.Max(scored[i].Distance, 0)));
        }

        return found;
    }

    /// <summary>Closes the file once the searches that still run have ended.</summary>
    public void Dispose() => _memory.Dispose();

    private static int NodeLengthOf(int dimensions) => VectorOffset + (dimensions * sizeof(float));

    private static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return (float)sum;
    }

    /// <summary>Walks all trees best-first through one queue until enough candidates are in; an item may come more than once.</summary>
    private List<int> Collect(ReadOnlySpan<float> query, long wanted)
    {
        var queue = new PriorityQueue<int, (float Margin, int Node)>(Comparer<(float Margin, int Node)>.Create(static (x, y) => y.CompareTo(x)));
        foreach (int root in _roots)
        {
            queue.Enqueue(root, (float.PositiveInfinity, root));
        }

        List<int> candidates = [];
        long visited = 0;
        while (candidates.Count < wanted && queue.TryDequeue(out int node, out (float Margin, int Node) best))
        {
            if (++visited > NodeCount)
            {
                throw Damaged(node, "the trees run in a circle");
            }

            int descendants = Descendants(node);
            if (descendants == 1 && node < ItemCount)
            {
                candidates.Add(node);
            }
            else if (descendants <= _leafCapacity)
            {
                for (int i = 0; i < descendants; i++)
                {
                    int child = Child(node, i);
                    candidates.Add((uint)child < (uint)ItemCount ? child : throw Damaged(node, $"it lists {child} as an item"));
                }
            }
            else
            {
                float margin = Dot(Vector(node), query);
                for (int side = 1; side >= 0; side--)
                {
                    int child = Child(node, side);
                    if ((uint)child >= (uint)NodeCount)
                    {
                        throw Damaged(node, $"its child is {child}");
                    }

                    queue.Enqueue(child, (Math.Min(best.Margin, side == 1 ? margin : -margin), child));
                }
            }
        }

        return candidates;
    }

    /// <summary>2 − 2·cos, or 2 where a vector is zero.</summary>
    private float SquaredDistance(ReadOnlySpan<float> query, float queryNorm, int item)
    {
        ReadOnlySpan<float> vector = Vector(item);
        float stored = BitConverter.Int32BitsToSingle(Read(item, ChildrenOffset));
        float norms = queryNorm * (stored != 0 ? stored : Dot(vector, vector)); // files of old versions hold no norm
        return norms > 0 ? (float)(2.0 - (2.0 * Dot(query, vector) / MathF.Sqrt(norms))) : 2;
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

    private int Descendants(int node) => Read(node, 0);

    private int Child(int node, int place) => Read(node, ChildrenOffset + (place * sizeof(int)));

    private int Read(int node, int offset) =>
        BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(_memory.Pointer + ((long)node * _nodeLength) + offset, sizeof(int)));

    private ReadOnlySpan<float> Vector(int node) =>
        MemoryMarshal.Cast<byte, float>(new ReadOnlySpan<byte>(_memory.Pointer + ((long)node * _nodeLength) + VectorOffset, Dimensions * sizeof(float)));

    private VectorIndexFileException Damaged(int node, string what) => new($"{_path}: node {node} is damaged, {what}.");

    /// <summary>Keeps the mapping while a call uses it.</summary>
    private readonly ref struct Hold
    {
        private readonly ForestMemory _memory;

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
