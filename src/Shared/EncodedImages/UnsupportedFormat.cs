using System.Text;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.EncodedImages;

/// <summary>Names formats that are not decoded, so that whoever handed the file over knows what it is.</summary>
internal static class UnsupportedFormat
{
    /// <summary>What to call the format of bytes that no decoder takes.</summary>
    public static string Name(ReadOnlySpan<byte> bytes)
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

    /// <summary>What to do about a format that is never decoded; empty where nothing but another file helps.</summary>
    public static string Remedy(string formatName) => formatName switch
    {
        "JPEG XL" or "JPEG 2000" or "AVIF" or "HEIF" => ", which this decoder does not read; convert the file to PNG, TIFF or JPEG, or register an IImageDecoder that reads it",
        "PDF" or "Photoshop document" or "SVG or other XML" => "; export it as PNG, TIFF or JPEG",
        _ => "",
    };
}
