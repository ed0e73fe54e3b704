using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using ArtSimilarity.Annoy.Nodes;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy.Files;

/// <summary>
/// What an index needs to know and Annoy's format has no place for: dimensions, ids, what it was built from, a checksum. It lies in
/// nodes between the items and the trees that no tree names, so that Annoy never looks at them. See docs/annoy-files.md.
/// </summary>
/// <param name="Dimensions">The length of a vector.</param>
/// <param name="TreeCount">The number of trees.</param>
/// <param name="Seed">Where the random choices started.</param>
/// <param name="Stamp">The text the index was built with.</param>
/// <param name="Ids">The ids of the items 0, 1, …, ascending.</param>
internal sealed unsafe record ForestNotes(int Dimensions, int TreeCount, long Seed, string Stamp, int[] Ids)
{
    private const int Version = 1, HeaderLength = 56, DimensionsOffset = 8, HashOffset = 40, HashLength = 16, DescendantsLength = 4;

    private static ReadOnlySpan<byte> Magic => "ARTSTREE"u8;

    /// <summary>How many nodes these notes fill.</summary>
    public int NodeCountFor(int nodeLength) => checked((int)((BytesLength + PayloadOf(nodeLength) - 1) / PayloadOf(nodeLength)));

    private long BytesLength => HeaderLength + (((long)Encoding.UTF8.GetByteCount(Stamp) + 3) / 4 * 4) + ((long)Ids.Length * sizeof(int));

    /// <summary>Writes the notes where they belong, still without the checksum.</summary>
    public void Write(AnnoyNodeWriter writer, int nodeLength)
    {
        byte[] bytes = new byte[checked((int)BytesLength)];
        int stampLength = Encoding.UTF8.GetBytes(Stamp, bytes.AsSpan(HeaderLength));
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(DimensionsOffset), Dimensions);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), Ids.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), TreeCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Seed);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(32), stampLength);
        MemoryMarshal.AsBytes<int>(Ids).CopyTo(bytes.AsSpan(HeaderLength + ((stampLength + 3) / 4 * 4)));
        int payload = PayloadOf(nodeLength);
        for (int at = 0; at < bytes.Length; at += payload)
        {
            writer.WriteUnreached(bytes.AsSpan(at, Math.Min(payload, bytes.Length - at)));
        }
    }

    /// <summary>Fills in the checksum of a file that is complete but for it.</summary>
    public void Seal(IndexMemory memory, int nodeLength)
    {
        long start = (long)Ids.Length * nodeLength;
        byte[] hash = HashOf(memory, nodeLength, start);
        for (int i = 0; i < HashLength; i++)
        {
            *At(memory, nodeLength, start, HashOffset + i) = hash[i];
        }
    }

    /// <summary>Reads the notes of a file and compares its checksum.</summary>
    /// <exception cref="VectorIndexFileException">The file has none, is damaged or of a newer version.</exception>
    public static ForestNotes Read(IndexMemory memory, string path)
    {
        int nodeLength = FindNodeLength(memory)
            ?? throw Refusal(path, "it is no forest that this library built, or is truncated (AnnoyFile.Open reads files of spotify/annoy that have no notes)");
        var format = new AngularNodes((nodeLength - new AngularNodes(1).VectorOffset) / sizeof(float));
        long start = (long)RootsItems(memory, nodeLength) * nodeLength;
        long rest = ((memory.Length - start) / nodeLength * PayloadOf(nodeLength)) - HeaderLength;
        if (rest < 0)
        {
            throw Refusal(path, "it is truncated");
        }

        byte[] header = Copy(memory, nodeLength, start, 0, HeaderLength);
        int version = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
        if (version != Version)
        {
            throw Refusal(path, version > Version ? $"the version {version} of its notes is newer than {Version}, the newest this library reads" : $"the version {version} of its notes is unknown");
        }

        if (!header.AsSpan(HashOffset, HashLength).SequenceEqual(HashOf(memory, nodeLength, start)))
        {
            throw Refusal(path, "it is damaged (its checksum differs)");
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(16)), trees = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(20));
        int stampLength = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(32));
        long paddedStamp = ((long)stampLength + 3) / 4 * 4;
        if (count != start / nodeLength || trees < 1 || trees > memory.Length / nodeLength || stampLength < 0 || paddedStamp + ((long)count * sizeof(int)) > rest)
        {
            throw Refusal(path, "its notes contradict the file");
        }

        string stamp = Encoding.UTF8.GetString(Copy(memory, nodeLength, start, HeaderLength, stampLength));
        int[] ids = MemoryMarshal.Cast<byte, int>(Copy(memory, nodeLength, start, HeaderLength + paddedStamp, checked(count * sizeof(int)))).ToArray();
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0 || (i > 0 && ids[i] <= ids[i - 1]))
            {
                throw Refusal(path, $"the id {ids[i]} of item {i} is negative or does not ascend");
            }
        }

        return new ForestNotes(format.Dimensions, trees, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(24)), stamp, ids);
    }

    /// <summary>Annoy's format does not tell the length of a node: it is the divisor of the file's length that leads to notes.</summary>
    private static int? FindNodeLength(IndexMemory memory)
    {
        for (long divisor = 1; divisor * divisor <= memory.Length; divisor++)
        {
            if (memory.Length % divisor == 0)
            {
                foreach (long length in (ReadOnlySpan<long>)[divisor, memory.Length / divisor])
                {
                    if (HasNotes(memory, length))
                    {
                        return (int)length;
                    }
                }
            }
        }

        return null;
    }

    private static bool HasNotes(IndexMemory memory, long nodeLength)
    {
        int shortest = new AngularNodes(1).NodeLength;
        if (nodeLength < shortest || nodeLength % sizeof(float) != 0 || nodeLength > int.MaxValue)
        {
            return false;
        }

        long items = RootsItems(memory, nodeLength);
        if (items < 0 || items >= memory.Length / nodeLength)
        {
            return false;
        }

        // Even the shortest node has room for both.
        var notes = new ReadOnlySpan<byte>(memory.Pointer + (items * nodeLength) + DescendantsLength, DimensionsOffset + sizeof(int));
        return notes.StartsWith(Magic) && new AngularNodes(1).NodeLength + ((BinaryPrimitives.ReadInt32LittleEndian(notes[DimensionsOffset..]) - 1L) * sizeof(float)) == nodeLength;
    }

    private static int RootsItems(IndexMemory memory, long nodeLength) => *(int*)(memory.Pointer + memory.Length - nodeLength);

    private static int PayloadOf(int nodeLength) => nodeLength - DescendantsLength;

    private static byte* At(IndexMemory memory, int nodeLength, long start, long place) =>
        memory.Pointer + start + (place / PayloadOf(nodeLength) * nodeLength) + DescendantsLength + (place % PayloadOf(nodeLength));

    private static byte[] Copy(IndexMemory memory, int nodeLength, long start, long place, int length)
    {
        byte[] copy = new byte[length];
        for (int i = 0; i < length;)
        {
            int run = (int)Math.Min(length - i, PayloadOf(nodeLength) - ((place + i) % PayloadOf(nodeLength)));
            new ReadOnlySpan<byte>(At(memory, nodeLength, start, place + i), run).CopyTo(copy.AsSpan(i));
            i += run;
        }

        return copy;
    }

    /// <summary>The XxHash128 of the file, as if the checksum itself were zeros.</summary>
    private static byte[] HashOf(IndexMemory memory, int nodeLength, long start)
    {
        var hash = new XxHash128();
        int headerNodes = (HeaderLength + PayloadOf(nodeLength) - 1) / PayloadOf(nodeLength);
        byte[] header = new ReadOnlySpan<byte>(memory.Pointer + start, headerNodes * nodeLength).ToArray();
        for (int i = 0; i < HashLength; i++)
        {
            header[At(memory, nodeLength, start, HashOffset + i) - memory.Pointer - start] = 0;
        }

        Append(hash, memory, 0, start);
        hash.Append(header);
        Append(hash, memory, start + header.Length, memory.Length);
        return hash.GetHashAndReset();
    }

    private static void Append(XxHash128 hash, IndexMemory memory, long from, long to)
    {
        const int chunk = 1 << 26;
        for (long at = from; at < to; at += chunk)
        {
            hash.Append(new ReadOnlySpan<byte>(memory.Pointer + at, (int)Math.Min(chunk, to - at)));
        }
    }

    private static VectorIndexFileException Refusal(string path, string reason) => new($"{path}: {reason}.");
}
