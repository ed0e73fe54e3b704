using System.Buffers.Binary;
using ArtSimilarity.Imaging;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>
/// The part of an image that a signature is of, as it lies in the file: left, top, width and height as 64-bit floats, little-endian. For the whole image it
/// is empty.
/// </summary>
internal static class RegionBlob
{
    private const int Length = 4 * sizeof(double);

    public static byte[] Of(ImageRegion? region)
    {
        if (region is not ImageRegion part)
        {
            return [];
        }

        byte[] blob = new byte[Length];
        BinaryPrimitives.WriteDoubleLittleEndian(blob, part.X);
        BinaryPrimitives.WriteDoubleLittleEndian(blob.AsSpan(8), part.Y);
        BinaryPrimitives.WriteDoubleLittleEndian(blob.AsSpan(16), part.Width);
        BinaryPrimitives.WriteDoubleLittleEndian(blob.AsSpan(24), part.Height);
        return blob;
    }

    /// <exception cref="FormatException">The column holds no region.</exception>
    public static ImageRegion? Read(SqliteDataReader row, int column)
    {
        ReadOnlySpan<byte> blob = raw.sqlite3_column_blob(row.Handle!, column);
        if (blob.IsEmpty)
        {
            return null;
        }

        try
        {
            return blob.Length == Length
                ? new ImageRegion(
                    BinaryPrimitives.ReadDoubleLittleEndian(blob), BinaryPrimitives.ReadDoubleLittleEndian(blob[8..]), BinaryPrimitives.ReadDoubleLittleEndian(blob[16..]), BinaryPrimitives.ReadDoubleLittleEndian(blob[24..]))
                : throw new FormatException($"A region has {blob.Length} bytes.");
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
