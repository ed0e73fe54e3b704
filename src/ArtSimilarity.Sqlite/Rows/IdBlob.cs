using System.Buffers.Binary;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>Ids as they lie in the file: 32-bit integers, little-endian, one after the other.</summary>
internal static class IdBlob
{
    public static byte[] Write(List<int> ids)
    {
        byte[] blob = new byte[ids.Count * sizeof(int)];
        for (int i = 0; i < ids.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(blob.AsSpan(i * sizeof(int)), ids[i]);
        }

        return blob;
    }

    /// <exception cref="FormatException">The blob ends within a number.</exception>
    public static void Read(ReadOnlySpan<byte> blob, List<int> ids)
    {
        if (blob.Length % sizeof(int) != 0)
        {
            throw new FormatException($"A list of removed signatures has {blob.Length} bytes.");
        }

        for (; !blob.IsEmpty; blob = blob[sizeof(int)..])
        {
            ids.Add(BinaryPrimitives.ReadInt32LittleEndian(blob));
        }
    }
}
