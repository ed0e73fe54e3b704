using System.Buffers.Binary;
using ArtSimilarity.EncodedImages;

namespace ArtSimilarity.NetVips.Formats;

/// <summary>Tells the format of an encoded image by its first bytes.</summary>
internal static class EncodedFormat
{
    private static ReadOnlySpan<byte> PngMagic => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The format, and what to call it; <see cref="ImageFormats.None"/> for one that is never decoded.</summary>
    public static (ImageFormats Format, string Name) Identify(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return (ImageFormats.Jpeg, "JPEG");
        }

        if (bytes.StartsWith(PngMagic))
        {
            return (ImageFormats.Png, "PNG");
        }

        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
        {
            return (ImageFormats.Gif, "GIF");
        }

        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
        {
            return (ImageFormats.WebP, "WebP");
        }

        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) || bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8))
        {
            return (ImageFormats.Tiff, "TIFF");
        }

        if (bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8) && IsHeifBrand(bytes.Slice(8, 4)))
        {
            return (ImageFormats.Heif, bytes[8..].StartsWith("avi"u8) ? "AVIF" : "HEIF");
        }

        if (bytes.StartsWith("BM"u8) && bytes.Length >= 18 && IsBmpHeaderLength(bytes[14..]))
        {
            return (ImageFormats.Bmp, "BMP");
        }

        return (ImageFormats.None, UnsupportedFormat.Name(bytes));
    }

    // "BM" alone begins many a text; the length of the second header tells.
    private static bool IsBmpHeaderLength(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes) is 12 or (>= 16 and <= 124);

    private static bool IsHeifBrand(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8)
        || brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8);
}
