using System.Globalization;
using ArtSimilarity.EncodedImages;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.NetVips.Formats;

/// <summary>The bytes of an image, and what its headers tell before libvips decodes it.</summary>
internal sealed class EncodedImage
{
    /// <summary>Compressions of TIFF that few builds of libtiff know, by the numbers that the file tells.</summary>
    private const int Lzma = 34925, Zstandard = 50000;

    /// <summary>How much of an HEIF file tells its codecs.</summary>
    private const int LongestHeader = 1 << 16;

    private readonly bool _isHevc;

    /// <exception cref="ImageDecodeException">The header of a BMP is damaged or asks for what is not supported.</exception>
    public EncodedImage(string name, ReadOnlyMemory<byte> bytes, ImageFormats format, string formatName)
    {
        Name = name;
        Bytes = bytes;
        Format = format;
        FormatName = formatName;
        switch (format)
        {
            case ImageFormats.Jpeg:
                Jpeg = JpegStructure.Read(bytes.Span);
                break;
            case ImageFormats.Tiff:
                (Tiff, TiffPages) = TiffDirectories.Read(bytes.Span);
                break;
            case ImageFormats.Heif:
                _isHevc = bytes.Span[..Math.Min(bytes.Length, LongestHeader)].IndexOf("hvcC"u8) >= 0;
                break;
            case ImageFormats.Bmp:
                Bmp = new BmpImage(bytes.Span, name);
                break;
        }
    }

    public string Name { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    public ImageFormats Format { get; }

    public string FormatName { get; }

    public JpegStructure Jpeg { get; }

    /// <summary>The page of a TIFF to decode; <see langword="null"/> for other formats and for a TIFF without a readable directory.</summary>
    public TiffPage? Tiff { get; }

    public IReadOnlyList<TiffPage> TiffPages { get; } = [];

    public BmpImage? Bmp { get; }

    /// <summary>
    /// Why the image could not be decoded, if libvips said that it was built without something; else <see langword="null"/>. The error
    /// log of libvips is one for all threads, so a message counts only where the image itself asks for what it names, and it may be lost.
    /// Codecs that are often left out are then taken for missing, unless libvips says of this format that something else is wrong.
    /// </summary>
    public string? WhyNotBuiltIn(string message)
    {
        if (Tiff is { } page
            && (message.Contains($"{page.CompressionName} compression support is not configured", StringComparison.OrdinalIgnoreCase)
                || message.Contains(string.Create(CultureInfo.InvariantCulture, $"ompression scheme {page.Compression} "), StringComparison.Ordinal)
                || (page.Compression == 6 && message.Contains("Old-style JPEG", StringComparison.Ordinal))
                || (page.Compression is Lzma or Zstandard && !message.Contains("tiff", StringComparison.OrdinalIgnoreCase))))
        {
            return $"TIFF compressed with {page.CompressionName} is not supported by this build of libvips; save it with LZW, deflate or no compression";
        }

        return Format == ImageFormats.Heif
            && (message.Contains("has not been built in", StringComparison.Ordinal) || (_isHevc && !message.Contains("heif", StringComparison.OrdinalIgnoreCase)))
            ? "HEIC (HEVC) is not supported by this build of libvips; convert the file to JPEG or AVIF, or deploy a libvips with an HEVC decoder (libde265)"
            : null;
    }
}
