using System.Buffers;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>A content hash as it lies in the file: a SHA-256 as its 32 bytes, half of what its digits take, and any other text as it is.</summary>
internal static class ContentHash
{
    private const int Length = 64;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <returns>A <see cref="string"/> or an array of bytes.</returns>
    public static object Pack(string hash) =>
        hash.Length == Length && !hash.AsSpan().ContainsAnyExcept(Digits) ? Convert.FromHexString(hash) : hash;

    public static string Read(SqliteDataReader row, int column) =>
        row.GetValue(column) is byte[] packed ? Convert.ToHexStringLower(packed) : row.GetString(column);
}
