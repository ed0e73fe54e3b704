using System.Buffers.Binary;
using System.IO.Hashing;
using ArtSimilarity.ByteCodes;
using ArtSimilarity.FastScan.Codes;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.Indexing;
using ArtSimilarity.SignCodes;

namespace ArtSimilarity.FastScan.Files;

/// <summary>Where everything lies in an index file: the header's content, see docs/file-format.md.</summary>
internal sealed record IndexLayout
{
    public const int Alignment = NativeIndexMemory.Alignment;
    public const int HeaderLength = 640;
    public const int Version = 2;
    public const int SectionCount = 10;
    public const int LeafLength = 20;
    public const int HashLength = 16;
    public const int MaxDimensions = 1 << 20;
    public const int MaxStampLength = 1 << 24;

    private const int SectionTable = 96;
    private const int SectionEntryLength = 40;
    private const int MetricNameLength = 16;
    private const int HeaderHash = HeaderLength - sizeof(ulong);

    private static ReadOnlySpan<byte> Magic => "ARTSFAST"u8;

    private static ReadOnlySpan<byte> MetricName => "angular\0\0\0\0\0\0\0\0\0"u8;

    public required int Dimensions { get; init; }

    public required long Count { get; init; }

    public required int LeafSize { get; init; }

    public required int LeafCount { get; init; }

    public required int BlockCount { get; init; }

    public required long Seed { get; init; }

    public required int StampLength { get; init; }

    /// <summary>The length of a padded row of numbers, and of a rotated vector.</summary>
    public int Stride => ByteRows.StrideOf(Dimensions);

    /// <summary>The length of a sign code.</summary>
    public int CodeBits => SignBlock.BitsFor(Stride);

    /// <summary>The length of a block: 64 codes and two factors for each.</summary>
    public int BlockLength => BlockLengthFor(CodeBits);

    public long FileLength => OffsetOf((IndexSection)(SectionCount + 1));

    public long LengthOf(IndexSection section) => section switch
    {
        IndexSection.Stamp => StampLength,
        IndexSection.Ids or IndexSection.RowsOfIds or IndexSection.IdsOfRows => Count * sizeof(int),
        IndexSection.Leaves => (long)LeafCount * LeafLength,
        IndexSection.Centroids => (long)LeafCount * Stride,
        IndexSection.Blocks => (long)BlockCount * BlockLength,
        IndexSection.InverseLengths => Count * sizeof(double),
        IndexSection.Upper => Count * Stride,
        IndexSection.Lower => Count * Stride * sizeof(ushort),
        _ => throw new ArgumentOutOfRangeException(nameof(section), section, null),
    };

    public static int BlockLengthFor(int codeBits) => SignBlock.LengthFor(codeBits) + (2 * SignBlock.Rows * sizeof(float));

    /// <summary>The length with the zeros up to the next section.</summary>
    public long PaddedLengthOf(IndexSection section) => (LengthOf(section) + Alignment - 1) / Alignment * Alignment;

    public long OffsetOf(IndexSection section)
    {
        long offset = HeaderLength;
        for (IndexSection before = IndexSection.Stamp; before < section; before++)
        {
            offset += PaddedLengthOf(before);
        }

        return offset;
    }

    /// <summary>The header's bytes.</summary>
    /// <param name="hashes">The XxHash128 of each section, one behind the other.</param>
    public byte[] ToHeader(ReadOnlySpan<byte> hashes)
    {
        byte[] header = new byte[HeaderLength];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), HeaderLength);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), FileLength);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), Dimensions);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), Stride);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), Count);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(40), LeafSize);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(44), LeafCount);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(48), BlockCount);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(52), CodeBits);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(64), Seed);
        MetricName.CopyTo(header.AsSpan(72));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(88), SectionCount);
        for (int i = 0; i < SectionCount; i++)
        {
            Span<byte> entry = header.AsSpan(SectionTable + (i * SectionEntryLength), SectionEntryLength);
            var section = (IndexSection)(i + 1);
            BinaryPrimitives.WriteInt32LittleEndian(entry, (int)section);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], OffsetOf(section));
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], LengthOf(section));
            hashes.Slice(i * HashLength, HashLength).CopyTo(entry[24..]);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(HeaderHash), XxHash3.HashToUInt64(header.AsSpan(0, HeaderHash)));
        return header;
    }

    /// <summary>Reads and checks a header: afterwards every section is known to lie within the file.</summary>
    /// <param name="header">The first <see cref="HeaderLength"/> bytes.</param>
    /// <param name="actualLength">The file's length.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="VectorIndexFileException">The header is not one of a whole index file of this version.</exception>
    public static IndexLayout FromHeader(ReadOnlySpan<byte> header, long actualLength, string path)
    {
        if (!header.StartsWith(Magic))
        {
            throw Refusal(path, "it is not an index of this library (the first 8 bytes are others)");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version != Version)
        {
            throw Refusal(path, version > Version
                ? $"its format version {version} is newer than {Version}, the newest this library reads"
                : $"its format version {version} is unknown");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(header[HeaderHash..]) != XxHash3.HashToUInt64(header[..HeaderHash]))
        {
            throw Refusal(path, "the header is damaged (its checksum differs)");
        }

        long fileLength = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        if (fileLength != actualLength)
        {
            throw Refusal(path, $"it has {actualLength} bytes, not {fileLength} as its header says");
        }

        if (!header.Slice(72, MetricNameLength).SequenceEqual(MetricName))
        {
            throw Refusal(path, "its metric is not angular");
        }

        long stampLength = BinaryPrimitives.ReadInt64LittleEndian(header[(SectionTable + 16)..]);
        int dimensions = (int)InRange(BinaryPrimitives.ReadInt32LittleEndian(header[24..]), 1, MaxDimensions, "dimensions");
        int stride = ByteRows.StrideOf(dimensions);
        long rowLength = stride * 3L;
        int blockLength = BlockLengthFor(SignBlock.BitsFor(stride));
        var layout = new IndexLayout
        {
            Dimensions = dimensions,
            Count = InRange(BinaryPrimitives.ReadInt64LittleEndian(header[32..]), 0, Math.Min(Array.MaxLength, actualLength / rowLength), "count"),
            LeafSize = (int)InRange(BinaryPrimitives.ReadInt32LittleEndian(header[40..]), 1, int.MaxValue, "leaf size"),
            LeafCount = (int)InRange(BinaryPrimitives.ReadInt32LittleEndian(header[44..]), 0, actualLength / LeafLength, "leaf count"),
            BlockCount = (int)InRange(BinaryPrimitives.ReadInt32LittleEndian(header[48..]), 0, actualLength / blockLength, "block count"),
            Seed = BinaryPrimitives.ReadInt64LittleEndian(header[64..]),
            StampLength = (int)InRange(stampLength, 0, MaxStampLength, "stamp length"),
        };

        // Everything else follows from these numbers, so the header must be the very one they give.
        Span<byte> hashes = stackalloc byte[SectionCount * HashLength];
        for (int i = 0; i < SectionCount; i++)
        {
            HashOf(header, (IndexSection)(i + 1)).CopyTo(hashes[(i * HashLength)..]);
        }

        if (layout.FileLength != actualLength || !header.SequenceEqual(layout.ToHeader(hashes)))
        {
            throw Refusal(path, "the header contradicts itself");
        }

        return layout;

        long InRange(long value, long minimum, long maximum, string name) => value >= minimum && value <= maximum
            ? value
            : throw Refusal(path, $"its {name} {value} is not between {minimum} and {maximum}");
    }

    /// <summary>The hash that a header gives for a section.</summary>
    public static ReadOnlySpan<byte> HashOf(ReadOnlySpan<byte> header, IndexSection section) =>
        header.Slice(SectionTable + (((int)section - 1) * SectionEntryLength) + 24, HashLength);

    public static VectorIndexFileException Refusal(string path, string reason) => new($"{path}: {reason}.");
}
