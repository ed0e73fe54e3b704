using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>A vector as it lies in the file: 32-bit floats, little-endian, one after the other.</summary>
internal static class SignatureBlob
{
    public static void Write(ReadOnlySpan<float> vector, Span<byte> blob)
    {
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(vector).CopyTo(blob);
            return;
        }

        for (int i = 0; i < vector.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(blob[(i * sizeof(float))..], vector[i]);
        }
    }

    /// <exception cref="FormatException">The column holds what is no id.</exception>
    public static int Id(SqliteDataReader row, int column)
    {
        long id = row.GetInt64(column);
        return id is >= 0 and <= int.MaxValue ? (int)id : throw new FormatException($"Signature {id} has no valid id.");
    }

    /// <summary>Copies a column's bytes into floats, without an array in between.</summary>
    /// <exception cref="FormatException">The column has another length.</exception>
    public static void Read(SqliteDataReader row, int column, Span<float> vector)
    {
        ReadOnlySpan<byte> blob = raw.sqlite3_column_blob(row.Handle!, column);
        if (blob.Length != vector.Length * sizeof(float))
        {
            throw new FormatException($"it has {blob.Length} bytes where {vector.Length} dimensions need {vector.Length * sizeof(float)}");
        }

        if (BitConverter.IsLittleEndian)
        {
            blob.CopyTo(MemoryMarshal.AsBytes(vector));
            return;
        }

        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = BinaryPrimitives.ReadSingleLittleEndian(blob[(i * sizeof(float))..]);
        }
    }
}
