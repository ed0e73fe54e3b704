using System.Buffers.Binary;
using System.Text;

namespace ArtSimilarity.Imaging;

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

        return (ImageFormats.None, NameUnsupported(bytes));
    }

    /// <summary>What to do about a format that is never decoded; empty where nothing but another file helps.</summary>
    public static string Remedy(string formatName) => formatName switch
    {
        "JPEG XL" or "JPEG 2000" => ", which the libvips of NetVips.Native does not read; convert the file to PNG, TIFF or JPEG, or register an IImageDecoder that reads it",
        "PDF" or "Photoshop document" or "SVG or other XML" => "; export it as PNG, TIFF or JPEG",
        _ => "",
    };

    // "BM" alone begins many a text; the length of the second header tells.
    private static bool IsBmpHeaderLength(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes) is 12 or (>= 16 and <= 124);

    private static bool IsHeifBrand(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8)
        || brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8);

    private static string NameUnsupported(ReadOnlySpan<byte> bytes)
    {
        // Naming what people hand over most by mistake saves them a hex editor.
        if (bytes.StartsWith("%PDF"u8))
        {
            return "PDF";
        }

        if (bytes.StartsWith("8BPS"u8))
        {
            return "Photoshop document";
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]) || bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 0x0C, (byte)'J', (byte)'X', (byte)'L', (byte)' ']))
        {
            return "JPEG XL";
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 0x0C, (byte)'j', (byte)'P']) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]))
        {
            return "JPEG 2000";
        }

        string start = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 256)]).TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n');
        if (start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
        {
            return "an HTML page";
        }

        if (start.StartsWith("<svg", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase))
        {
            return "SVG or other XML";
        }

        return "unknown, starting with the bytes " + Convert.ToHexString(bytes[..Math.Min(bytes.Length, 8)]);
    }
}
