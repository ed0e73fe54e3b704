using System.Globalization;

namespace ArtSimilarity.Imaging;

/// <summary>The bytes of an image, and what its headers tell before libvips decodes it.</summary>
internal sealed class EncodedImage
{
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
    /// log of libvips is one for all threads, so a message counts only where the image itself asks for what it names.
    /// </summary>
    public string? WhyNotBuiltIn(string message)
    {
        if (Tiff is { } page
            && (message.Contains($"{page.CompressionName} compression support is not configured", StringComparison.OrdinalIgnoreCase)
                || message.Contains(string.Create(CultureInfo.InvariantCulture, $"ompression scheme {page.Compression} "), StringComparison.Ordinal)
                || (page.Compression == 6 && message.Contains("Old-style JPEG", StringComparison.Ordinal))))
        {
            return $"TIFF compressed with {page.CompressionName} is not supported by this build of libvips; save it with LZW, deflate or no compression";
        }

        return Format == ImageFormats.Heif && message.Contains("has not been built in", StringComparison.Ordinal)
            ? "HEIC (HEVC) is not supported by this build of libvips; convert the file to JPEG or AVIF, or deploy a libvips with an HEVC decoder (libde265)"
            : null;
    }
}
