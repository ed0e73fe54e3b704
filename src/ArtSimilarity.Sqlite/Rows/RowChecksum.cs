using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>Checksums of rows (XXH3, 64 bits), which tell a bit that flipped from one that was written.</summary>
internal static class RowChecksum
{
    /// <param name="space">The row of the feature space.</param>
    /// <param name="work">The row of the work.</param>
    /// <param name="vector">The bytes of the vector.</param>
    /// <param name="region">The bytes of the region; none for the whole image, whose checksum is what schema 2 gave it.</param>
    public static long OfSignature(long space, long work, ReadOnlySpan<byte> vector, ReadOnlySpan<byte> region = default)
    {
        long seed = unchecked((work * 31) + space);
        return unchecked((long)XxHash3.HashToUInt64(vector, region.IsEmpty ? seed : (long)XxHash3.HashToUInt64(region, seed)));
    }

    public static long OfLabel(string name, string folded) => OfTexts(0, [name, folded]);

    public static long OfProperty(string name, string value) => OfTexts(0, [name, value]);

    /// <summary>The checksum of a work; that of one without what schema 3 added is what schema 2 gave it.</summary>
    public static long OfWork(long id, Painting painting, string contentHash, WorkTexts texts)
    {
        long seed = unchecked((id * 1_000_003) + (painting.Year ?? long.MinValue));
        string? years = painting.Date is { HasYears: true } date ? string.Create(CultureInfo.InvariantCulture, $"{date.Earliest}..{date.Latest}") : null;
        return texts.FurtherArtists is null && painting.Date is null && texts.Fields is null
            ? OfTexts(seed, [painting.Key, painting.Title, painting.Artist, painting.Genre, painting.Style, painting.ImageUri, contentHash, texts.Tags])
            : OfTexts(seed, [painting.Key, painting.Title, painting.Artist, painting.Genre, painting.Style, painting.ImageUri, contentHash, texts.Tags, texts.FurtherArtists, painting.Date?.Text, years, texts.Fields]);
    }

    /// <summary>The checksum of a row of <c>works</c> of schema 2.</summary>
    public static long OfWork2(
        long id, string key, string? title, string? artist, string? genre, string? style, long? year, string? imageUri, string contentHash, string? tags) =>
        OfTexts(unchecked((id * 1_000_003) + (year ?? long.MinValue)), [key, title, artist, genre, style, imageUri, contentHash, tags]);

    /// <summary>Each text goes in with its length, and one that is missing with the length −1, so that no two lists look alike.</summary>
    private static long OfTexts(long seed, ReadOnlySpan<string?> texts)
    {
        int length = 0;
        foreach (string? text in texts)
        {
            length += sizeof(int) + (text is null ? 0 : Encoding.UTF8.GetByteCount(text));
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        int at = 0;
        foreach (string? text in texts)
        {
            int written = text is null ? -1 : Encoding.UTF8.GetBytes(text, buffer.AsSpan(at + sizeof(int)));
            BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(at), written);
            at += sizeof(int) + Math.Max(0, written);
        }

        long checksum = unchecked((long)XxHash3.HashToUInt64(buffer.AsSpan(0, at), seed));
        ArrayPool<byte>.Shared.Return(buffer);
        return checksum;
    }
}
