using System.Numerics;
using ArtSimilarity.Annoy.Nodes;
using ArtSimilarity.Annoy.Searching;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.Indexing;
using ArtSimilarity.Searching;

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
/// Where Annoy's single precision overflows or vanishes, Annoy tells one distance for all items. For angles the product of two
/// lengths is then above about 10¹⁹ or below 10⁻²². For the other metrics a distance is. This class goes on in double precision.
/// </para>
/// </remarks>
public sealed unsafe class AnnoyFile : IDisposable
{
    private readonly AnnoyNodes _nodes;
    private readonly ScratchPool<TreeWalk> _walks = new(static () => new TreeWalk());

    private AnnoyFile(AnnoyNodes nodes) => _nodes = nodes;

    /// <summary>The length of every vector; with <see cref="AnnoyMetric.Hamming"/> the number of bits.</summary>
    public int Dimensions => _nodes.Format.Dimensions;

    /// <summary>The metric the file was opened with.</summary>
    public AnnoyMetric Metric => _nodes.Format.Metric;

    /// <summary>One more than the highest id; ids that were left out count too.</summary>
    public int ItemCount => _nodes.ItemCount;

    /// <summary>The number of roots that Annoy finds: that of the trees, or about twice as many where a tree is a single leaf.</summary>
    public int TreeCount => _nodes.Roots.Length;

    /// <summary>The number of nodes in the file: items, splits, leaves and copied roots.</summary>
    public int NodeCount => _nodes.NodeCount;

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
                    return new AnnoyFile(new AnnoyNodes(memory, path, format));
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
        return id >= 0 && id < ItemCount && _nodes.IsItem(id);
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
        if (id < 0 || id >= ItemCount || !_nodes.IsItem(id))
        {
            return false;
        }

        _nodes.Format.CopyVector(_nodes.Node(id), vector);
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
            if (!_nodes.IsItem(id))
            {
                continue;
            }

            _nodes.Format.CopyVector(_nodes.Node(id), vector);
            try
            {
                vectors.Add([id], vector);
            }
            catch (ArgumentException e)
            {
                throw new VectorIndexFileException($"{_nodes.Path}: the vector of item {id} cannot be used. {e.Message}", e);
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
        ulong[] words = new ulong[(_nodes.Format.NodeLength + sizeof(ulong) - 1) / sizeof(ulong)];
        TreeWalk walk = _walks.Rent();
        try
        {
            fixed (ulong* aligned = words)
            {
                byte* node = (byte*)aligned;
                _nodes.Format.SetQuery(node, query);
                walk.Collect(_nodes, _nodes.Roots, node, searchK == -1 ? (long)results.Length * _nodes.Roots.Length : searchK);
                return Order(node, walk, results);
            }
        }
        finally
        {
            walk.Clear();
            _walks.Return(walk);
        }
    }

    /// <summary>Closes the file once the searches that still run have ended.</summary>
    public void Dispose() => _nodes.Memory.Dispose();

    internal const int MaxDimensions = 1 << 28;

    private int Order(byte* query, TreeWalk walk, Span<Neighbor> results)
    {
        List<(double Order, int Id)> scored = [];
        ReadOnlySpan<ulong> words = walk.Found;
        for (int word = 0; word < words.Length; word++)
        {
            for (ulong bits = words[word]; bits != 0; bits &= bits - 1)
            {
                int id = (word << 6) + BitOperations.TrailingZeroCount(bits);
                if (_nodes.IsItem(id))
                {
                    scored.Add((_nodes.Format.OrderOf(query, _nodes.Node(id)), id));
                }
            }
        }

        scored.Sort();
        int found = Math.Min(results.Length, scored.Count);
        for (int i = 0; i < found; i++)
        {
            results[i] = new Neighbor(scored[i].Id, _nodes.Format.DistanceOf(scored[i].Order));
        }

        return found;
    }

    private void ThrowIfOfOtherLength(int length, string parameterName)
    {
        if (length != Dimensions)
        {
            throw new ArgumentException($"The vector has {length} dimensions, not {Dimensions}.", parameterName);
        }
    }

    /// <summary>Keeps the memory while a call uses it.</summary>
    private readonly ref struct Hold
    {
        private readonly IndexMemory _memory;

        public Hold(AnnoyFile file)
        {
            bool held = false;
            ObjectDisposedException.ThrowIf(file._nodes.Memory.IsClosed, file);
            file._nodes.Memory.DangerousAddRef(ref held);
            _memory = file._nodes.Memory;
        }

        public void Dispose() => _memory.DangerousRelease();
    }
}
