using System.IO.Hashing;
using System.Text;
using ArtSimilarity.FastScan.Files;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.Indexing;
using ArtSimilarity.SignCodes;

namespace ArtSimilarity.FastScan.Files;

/// <summary>
/// A finished index in memory or in a mapped file, never changed. The pointers are valid while <see cref="Memory"/> is held.
/// </summary>
internal sealed unsafe class PackedIndex
{
    private readonly IndexLayout _layout;
    private readonly byte* _start;
    private readonly int* _ids;
    private readonly int* _rowsOfIds;
    private readonly int* _idsOfRows;
    private readonly Leaf* _leaves;
    private readonly sbyte* _centroids;
    private readonly byte* _blocks;
    private readonly double* _inverseLengths;
    private readonly sbyte* _upper;
    private readonly ushort* _lower;
    private readonly bool _idsAreDense;

    /// <summary>Takes over the memory and checks what it holds; on an exception the caller still owns it.</summary>
    /// <param name="memory">The bytes.</param>
    /// <param name="name">The file, for messages.</param>
    /// <param name="verify">Whether the sections' checksums are compared.</param>
    /// <exception cref="VectorIndexFileException">The bytes are not those of a whole and sound index.</exception>
    public PackedIndex(IndexMemory memory, string name, bool verify)
    {
        Memory = memory;
        _start = memory.Pointer;
        var header = new ReadOnlySpan<byte>(_start, IndexLayout.HeaderLength);
        _layout = IndexLayout.FromHeader(header, memory.Length, name);
        _ids = (int*)At(IndexSection.Ids);
        _rowsOfIds = (int*)At(IndexSection.RowsOfIds);
        _idsOfRows = (int*)At(IndexSection.IdsOfRows);
        _leaves = (Leaf*)At(IndexSection.Leaves);
        _centroids = (sbyte*)At(IndexSection.Centroids);
        _blocks = At(IndexSection.Blocks);
        _inverseLengths = (double*)At(IndexSection.InverseLengths);
        _upper = (sbyte*)At(IndexSection.Upper);
        _lower = (ushort*)At(IndexSection.Lower);
        Count = (int)_layout.Count;
        Stride = _layout.Stride;
        CodeBits = _layout.CodeBits;
        BlockLength = _layout.BlockLength;
        if (verify)
        {
            ThrowIfDamaged(header, name);
        }

        ThrowIfUnsound(name);
        _idsAreDense = Count == 0 || _ids[Count - 1] == Count - 1;
        Rotation = new Rotation(Stride, _layout.Seed);
    }

    public IndexMemory Memory { get; }

    public int Count { get; }

    public int Dimensions => _layout.Dimensions;

    /// <summary>The length of a padded row.</summary>
    public int Stride { get; }

    /// <summary>The length of a sign code.</summary>
    public int CodeBits { get; }

    /// <summary>The length of a block of codes and their factors.</summary>
    public int BlockLength { get; }

    public int LeafSize => _layout.LeafSize;

    public long FileLength => _layout.FileLength;

    /// <summary>What the codes' bits are the signs of.</summary>
    public Rotation Rotation { get; }

    /// <summary>The ids, ascending.</summary>
    public ReadOnlySpan<int> Ids => new(_ids, Count);

    public ReadOnlySpan<Leaf> Leaves => new(_leaves, _layout.LeafCount);

    public string Stamp => Encoding.UTF8.GetString(At(IndexSection.Stamp), _layout.StampLength);

    public int IdOf(int row) => _idsOfRows[row];

    /// <summary>The row of an id, −1 when it is not among the ids.</summary>
    public int RowOf(int id)
    {
        if (_idsAreDense)
        {
            return (uint)id < (uint)Count ? _rowsOfIds[id] : -1;
        }

        int at = Ids.BinarySearch(id);
        return at < 0 ? -1 : _rowsOfIds[at];
    }

    /// <summary>The centroid of a leaf: 8-bit numbers, padded.</summary>
    public sbyte* Centroid(int leaf) => _centroids + ((long)leaf * Stride);

    /// <summary>64 sign codes, then 64 offsets and 64 factors of single precision.</summary>
    public byte* Block(int block) => _blocks + ((long)block * BlockLength);

    /// <summary>1 over the length of a row's integers.</summary>
    public double InverseLength(int row) => _inverseLengths[row];

    public sbyte* Upper(int row) => _upper + ((long)row * Stride);

    public ushort* Lower(int row) => _lower + ((long)row * Stride);

    private byte* At(IndexSection section) => _start + _layout.OffsetOf(section);

    private void ThrowIfDamaged(ReadOnlySpan<byte> header, string name)
    {
        const int chunk = 1 << 26;
        var hash = new XxHash128();
        Span<byte> actual = stackalloc byte[IndexLayout.HashLength];
        for (IndexSection section = IndexSection.Stamp; (int)section <= IndexLayout.SectionCount; section++)
        {
            byte* bytes = At(section);
            for (long left = _layout.PaddedLengthOf(section); left > 0; left -= chunk, bytes += chunk)
            {
                hash.Append(new ReadOnlySpan<byte>(bytes, (int)Math.Min(left, chunk)));
            }

            hash.GetHashAndReset(actual);
            if (!actual.SequenceEqual(IndexLayout.HashOf(header, section)))
            {
                throw IndexLayout.Refusal(name, $"the section {section} is damaged (its checksum differs)");
            }
        }
    }

    /// <summary>Checks every number that a search follows, so that none leads outside the file.</summary>
    private void ThrowIfUnsound(string name)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_ids[i] < 0 || (i > 0 && _ids[i] <= _ids[i - 1]))
            {
                throw IndexLayout.Refusal(name, $"the ids do not ascend at number {i}");
            }

            if ((uint)_rowsOfIds[i] >= (uint)Count || _idsOfRows[_rowsOfIds[i]] != _ids[i])
            {
                throw IndexLayout.Refusal(name, $"id {_ids[i]} has no row of its own");
            }
        }

        long rows = 0, blocks = 0;
        ReadOnlySpan<Leaf> leaves = Leaves;
        for (int i = 0; i < leaves.Length; i++)
        {
            Leaf leaf = leaves[i];
            if (leaf.FirstRow != rows || leaf.Count < 1 || leaf.FirstBlock != blocks)
            {
                throw IndexLayout.Refusal(name, $"leaf {i} does not follow the one before");
            }

            rows += leaf.Count;
            blocks += (leaf.Count + SignBlock.Rows - 1L) / SignBlock.Rows;
            if (rows > Count || blocks > _layout.BlockCount)
            {
                throw IndexLayout.Refusal(name, $"leaf {i} has rows that do not exist");
            }
        }

        if (rows != Count || blocks != _layout.BlockCount)
        {
            throw IndexLayout.Refusal(name, "the leaves do not hold all rows");
        }
    }
}
