using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using ArtSimilarity.EncodedImages;
using ArtSimilarity.ImageSharp.Colors;
using ArtSimilarity.ImageSharp.Decoding;
using ArtSimilarity.ImageSharp.Formats;
using ArtSimilarity.Imaging;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tga;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using ISharpDecoder = SixLabors.ImageSharp.Formats.IImageDecoder;
using IImageDecoder = ArtSimilarity.Imaging.IImageDecoder;

namespace ArtSimilarity.ImageSharp;

/// <summary>
/// Decodes JPEG, PNG, WebP, GIF, TIFF and TGA with SixLabors.ImageSharp, and BMP, in managed code alone: upright, in sRGB, flattened on
/// white, the first frame of an animation, the largest page of a TIFF. Safe to use from several threads; an image is decoded on the
/// thread that asks for it.
/// </summary>
/// <remarks>
/// <para>Every image is decoded at full size and shrunk then, with the filter of <see cref="ImageResampler"/>.</para>
/// <para>ICC profiles of a matrix and tone curves are applied (relative colorimetric). An image with another profile is refused, and
/// so is CMYK with a profile: its colours would be wrong. CMYK without a profile is converted as browsers do.</para>
/// <para>A truncated image is refused (<see cref="ImageDecodeError.Corrupt"/>). ImageSharp reads past other damage in a JPEG without
/// a word, so <see cref="RgbImage.Damage"/> is never set.</para>
/// </remarks>
public sealed class ImageSharpImageDecoder : IImageDecoder
{
    // Scans of a usual progressive JPEG; each further dozen costs about as much as decoding the image once more.
    private const int UsualScans = 12;

    // ImageSharp asks at run time for all values of this enumeration. Compiled ahead of time, the array is there only if named.
    private static readonly ExifDataType[] ExifDataTypes = [ExifDataType.Unknown];

    private readonly ImageSharpOptions _options;
    private readonly Configuration _configuration;
    private readonly string _supported;

    /// <summary>Creates a decoder with the default options.</summary>
    public ImageSharpImageDecoder()
        : this(new ImageSharpOptions())
    {
    }

    /// <summary>Creates a decoder.</summary>
    /// <param name="options">What to accept; later changes to it have no effect.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is below 1, or the formats are none or unknown.</exception>
    public ImageSharpImageDecoder(ImageSharpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Validated();
        GC.KeepAlive(ExifDataTypes);
        _supported = string.Join(", ", Enum.GetValues<ImageSharpFormats>().Where(f => int.IsPow2((int)f) && _options.Formats.HasFlag(f)));

        // A configuration of its own: what a host sets on the shared one does not reach the decoder, nor the other way round.
        const long Megabyte = 1024 * 1024;
        long most = (_options.MaxPixels * 8 / Megabyte) + 64;
        _configuration = new Configuration
        {
            MaxDegreeOfParallelism = 1, // callers decode many images at once
            MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions { AllocationLimitMegabytes = (int)Math.Min(most, int.MaxValue) }),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<RgbImage> DecodeAsync(
        ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default)
    {
        ThrowUnlessUsable(source, minimumSize);
        cancellationToken.ThrowIfCancellationRequested();
        ReadOnlyMemory<byte> bytes = await source.ReadBytesAsync(_options.MaxBytes, cancellationToken).ConfigureAwait(false);
        return Decode(source, bytes, minimumSize, region, cancellationToken);
    }

    /// <summary>Decodes an image of a file or in memory on this thread, and reads it there.</summary>
    /// <param name="source">The encoded image.</param>
    /// <param name="minimumSize">As for <see cref="DecodeAsync"/>.</param>
    /// <param name="region">The part of the upright image to return; <see langword="null"/> returns all of it.</param>
    /// <param name="cancellationToken">Cancels the decoding.</param>
    /// <returns>The image; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side of <paramref name="minimumSize"/> is below 1.</exception>
    /// <exception cref="ImageDecodeException">The image cannot be read or decoded, or exceeds a limit.</exception>
    /// <exception cref="NotSupportedException">The image comes from a stream (<see cref="ImageSource.FromStream"/>).</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public RgbImage Decode(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default)
    {
        ThrowUnlessUsable(source, minimumSize);
        cancellationToken.ThrowIfCancellationRequested();
        return Decode(source, source.ReadBytes(_options.MaxBytes), minimumSize, region, cancellationToken);
    }

    private static void ThrowUnlessUsable(ImageSource source, ImageSize? minimumSize)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (minimumSize is { Width: < 1 } or { Height: < 1 })
        {
            throw new ArgumentOutOfRangeException(nameof(minimumSize), minimumSize, "The minimum size must be at least 1×1.");
        }
    }

    private RgbImage Decode(ImageSource source, ReadOnlyMemory<byte> bytes, ImageSize? minimumSize, ImageRegion? region, CancellationToken cancellationToken)
    {
        (ImageSharpFormats format, string formatName) = Identify(bytes.Span);
        if ((format & _options.Formats) == 0)
        {
            throw new ImageDecodeException(
                source.Name, ImageDecodeError.UnsupportedFormat, $"format not supported: {formatName}{UnsupportedFormat.Remedy(formatName)} (supported: {_supported})");
        }

        try
        {
            return Decode(source.Name, bytes, format, formatName, minimumSize, region, cancellationToken);
        }
        catch (Exception e) when (e is not (ImageDecodeException or OperationCanceledException or OutOfMemoryException))
        {
            // Damaged bytes lead ImageSharp into exceptions of many kinds; all of them mean that there is no picture.
            cancellationToken.ThrowIfCancellationRequested();
            Exception cause = e is ImageFormatException { InnerException: NotSupportedException or InvalidMemoryOperationException } ? e.InnerException : e;
            throw cause switch
            {
                InvalidMemoryOperationException => new ImageDecodeException(source.Name, ImageDecodeError.LimitExceeded, $"{formatName} that needs more memory than the limits allow", e),
                NotSupportedException or UnknownImageFormatException => new ImageDecodeException(
                    source.Name, ImageDecodeError.UnsupportedFormat, $"{formatName} of a kind that ImageSharp does not read: {OneLine(cause.Message)}", e),
                ImageFormatException => new ImageDecodeException(source.Name, ImageDecodeError.Corrupt, $"damaged {formatName}: {OneLine(cause.Message)}", e),
                EndOfStreamException => new ImageDecodeException(source.Name, ImageDecodeError.Corrupt, $"damaged {formatName}: it ends before the picture does", e),

                // What a library says of its own arrays and references helps nobody who has a picture to mend; the cause is kept.
                _ => new ImageDecodeException(source.Name, ImageDecodeError.Corrupt, $"damaged {formatName}: its data contradict each other", e),
            };
        }
    }

    private RgbImage Decode(
        string name, ReadOnlyMemory<byte> bytes, ImageSharpFormats format, string formatName, ImageSize? minimumSize, ImageRegion? region, CancellationToken cancellationToken)
    {
        JpegStructure jpeg = default;
        TiffPage? page = null;
        if (format == ImageSharpFormats.Jpeg)
        {
            jpeg = JpegStructure.Read(bytes.Span);
            if (jpeg.Components == 4 && !jpeg.IsAdobe)
            {
                throw Unsupported(name, "JPEG of four components without the segment of Adobe that tells their meaning");
            }
        }
        else if (format == ImageSharpFormats.Tiff)
        {
            page = TiffDirectories.Read(bytes.Span).Picture ?? throw new ImageDecodeException(name, ImageDecodeError.Corrupt, "damaged TIFF: no directory can be read");
            ThrowIfTooLarge(name, page.Width, page.Height, page.SamplesPerPixel, page.BitsPerSample.Max() * page.SamplesPerPixel, 1);
            if (page.WhyUnsupported() is { } variant)
            {
                throw Unsupported(name, "TIFF with " + variant);
            }

            if (page.Photometric is TiffPage.Separated or TiffPage.CieLab)
            {
                throw Unsupported(name, page.Photometric == TiffPage.CieLab ? "TIFF with Lab colours" : "TIFF with CMYK colours");
            }

            if (page.TileWidth != 0)
            {
                throw Unsupported(name, "TIFF in tiles");
            }

            if (page.SamplesPerPixel > page.ColourSamples + 1)
            {
                throw Unsupported(name, $"TIFF with {page.SamplesPerPixel} channels");
            }

            // ImageSharp decodes the first page: the largest is made the first.
            byte[] reordered = bytes.ToArray();
            bool bigEndian = reordered[0] == 'M';
            Action<Span<byte>, uint> write = bigEndian ? BinaryPrimitives.WriteUInt32BigEndian : BinaryPrimitives.WriteUInt32LittleEndian;
            write(reordered.AsSpan(4), checked((uint)page.Offset));
            if (page.AlphaSample < 0 && page.ExtraSampleAt != 0)
            {
                // It does not read channels of no stated meaning: this one is called transparency, and left out below.
                reordered[page.ExtraSampleAt] = 2;
            }

            bytes = reordered;
        }
        else if (format == ImageSharpFormats.Bmp)
        {
            using RgbImage picture = DecodeBmp(name, bytes.Span, cancellationToken);
            return Finish(picture, new Orientation(1), null, minimumSize, region, cancellationToken);
        }

        ISharpDecoder decoder = DecoderOf(format);
        IImageInfo info;
        using (var stream = new CancellableStream(bytes, cancellationToken))
        {
            info = ((IImageInfoDetector)decoder).Identify(_configuration, stream, cancellationToken)
                ?? throw new ImageDecodeException(name, ImageDecodeError.Corrupt, $"damaged {formatName}: its header cannot be read");
        }

        if (info.Width < 1 || info.Height < 1)
        {
            throw new ImageDecodeException(name, ImageDecodeError.Corrupt, $"damaged {formatName}: {info.Width}×{info.Height} pixels");
        }

        int bits = Math.Max(8, info.PixelType?.BitsPerPixel ?? 32);
        ThrowIfTooLarge(name, info.Width, info.Height, page?.SamplesPerPixel ?? Math.Max(1, (bits + 7) / 16), bits, Math.Max(1, (jpeg.Scans + UsualScans - 1) / UsualScans));
        if (format == ImageSharpFormats.Jpeg ? !jpeg.HasEnd : page is not null ? page.IsCutAt(bytes.Length) : !EncodedEnd.IsThere(format, bytes.Span))
        {
            throw new ImageDecodeException(name, ImageDecodeError.Corrupt, $"damaged {formatName}: it ends before the picture does");
        }

        EncodedMetadata? metadata = format switch
        {
            ImageSharpFormats.Png => EncodedMetadata.OfPng(bytes.Span),
            ImageSharpFormats.WebP => EncodedMetadata.OfWebP(bytes.Span),
            _ => null,
        };

        // A profile that is known with the header is looked at before the pixels are decoded for nothing.
        _ = Conversion(name, formatName, metadata?.Profile ?? info.Metadata.IccProfile?.ToByteArray());
        cancellationToken.ThrowIfCancellationRequested();
        var storedSize = new ImageSize(info.Width, info.Height);
        bool mayBeTransparent = format != ImageSharpFormats.Jpeg && !(page is not null && page.AlphaSample < 0);
        using Image image = DecodePixels(decoder, bytes, mayBeTransparent, cancellationToken);
        if (image.Width != info.Width || image.Height != info.Height)
        {
            throw new InvalidImageContentException($"{image.Width}×{image.Height} pixels where the header has {storedSize}");
        }

        cancellationToken.ThrowIfCancellationRequested();
        IccConversion? conversion = Conversion(
            name, formatName, metadata?.Profile ?? (image.Metadata.IccProfile ?? image.Frames.RootFrame.Metadata.IccProfile)?.ToByteArray());
        var orientation = new Orientation(page?.Orientation ?? metadata?.Orientation ?? ExifOrientation(image.Metadata));
        using RgbImage stored = ToRgb(image, mayBeTransparent ? conversion : null, cancellationToken);
        return Finish(stored, orientation, mayBeTransparent ? null : conversion, minimumSize, region, cancellationToken);
    }

    private static RgbImage Finish(
        RgbImage stored, Orientation orientation, IccConversion? conversion, ImageSize? minimumSize, ImageRegion? region, CancellationToken cancellationToken)
    {
        ImageSize uprightSize = orientation.Turn(stored.Size);
        ImageSize target = CoveringSize.Of(uprightSize, minimumSize, region);
        cancellationToken.ThrowIfCancellationRequested();
        RgbImage shrunk = target == uprightSize ? stored : ImageResampler.Resize(stored, orientation.Turn(target));
        using RgbImage? owned = ReferenceEquals(shrunk, stored) ? null : shrunk;
        conversion?.Convert(shrunk.Pixels);
        cancellationToken.ThrowIfCancellationRequested();
        RgbImage upright = orientation.ToUpright(shrunk.Pixels, shrunk.Size);
        if (region is not { } part)
        {
            return upright;
        }

        using (upright)
        {
            return upright.Crop(part);
        }
    }

    // With the reader that both packages share: ImageSharp takes a cut BMP for a whole one.
    private RgbImage DecodeBmp(string name, ReadOnlySpan<byte> bytes, CancellationToken cancellationToken)
    {
        var bmp = new BmpImage(bytes, name);
        ThrowIfTooLarge(name, bmp.Width, bmp.Height, bmp.Bands, 8 * bmp.Bands, 1);
        byte[] pixels = bmp.Read(bytes, cancellationToken);
        if (bmp.Damage is { } damage)
        {
            throw new ImageDecodeException(name, ImageDecodeError.Corrupt, "damaged BMP: " + damage);
        }

        if (bmp.Bands == 3)
        {
            return RgbImage.FromPixels(pixels, bmp.Width, bmp.Height);
        }

        var image = new RgbImage(bmp.Width, bmp.Height);
        FlattenOnWhite(pixels, image.Pixels);
        return image;
    }

    private Image DecodePixels(ISharpDecoder decoder, ReadOnlyMemory<byte> bytes, bool mayBeTransparent, CancellationToken cancellationToken)
    {
        using var stream = new CancellableStream(bytes, cancellationToken);
        return mayBeTransparent
            ? decoder.Decode<Rgba32>(_configuration, stream, cancellationToken)
            : decoder.Decode<Rgb24>(_configuration, stream, cancellationToken);
    }

    private static IccConversion? Conversion(string name, string formatName, byte[]? profile)
    {
        if (profile is null)
        {
            return null;
        }

        IccConversion? conversion = IccConversion.Read(profile, out string? other);
        return other is null ? conversion : throw Unsupported(name, $"{formatName} with {other}");
    }

    private static RgbImage ToRgb(Image image, IccConversion? conversion, CancellationToken cancellationToken)
    {
        var result = new RgbImage(image.Width, image.Height);
        try
        {
            if (image is Image<Rgb24> opaque)
            {
                opaque.CopyPixelDataTo(result.Pixels);
                return result;
            }

            ((Image<Rgba32>)image).ProcessPixelRows(rows =>
            {
                for (int y = 0; y < rows.Height; y++)
                {
                    if ((y & 255) == 0)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                    }

                    Span<byte> row = MemoryMarshal.AsBytes(rows.GetRowSpan(y));
                    conversion?.Convert(row, step: 4);
                    FlattenOnWhite(row, result.Pixels.Slice(3 * y * rows.Width, 3 * rows.Width));
                }
            });
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private static void FlattenOnWhite(ReadOnlySpan<byte> row, Span<byte> target)
    {
        for (int from = 0, to = 0; to < target.Length; from += 4, to += 3)
        {
            int alpha = row[from + 3];
            int white = (byte.MaxValue - alpha) * byte.MaxValue;
            target[to] = (byte)(((row[from] * alpha) + white + 127) / byte.MaxValue);
            target[to + 1] = (byte)(((row[from + 1] * alpha) + white + 127) / byte.MaxValue);
            target[to + 2] = (byte)(((row[from + 2] * alpha) + white + 127) / byte.MaxValue);
        }
    }

    private void ThrowIfTooLarge(string name, long width, long height, long bands, long bitsPerPixel, int repetitions)
    {
        Int128 pixels = (Int128)width * height;
        string? reason =
            pixels > _options.MaxPixels ? string.Create(CultureInfo.InvariantCulture, $"{width}×{height} pixels are more than the {_options.MaxPixels} allowed")
            : Math.Max(width, height) > _options.MaxSide ? string.Create(CultureInfo.InvariantCulture, $"a side of {width}×{height} pixels is longer than the {_options.MaxSide} allowed")
            : bands > _options.MaxBands ? string.Create(CultureInfo.InvariantCulture, $"{bands} channels are more than the {_options.MaxBands} allowed")
            : pixels * bitsPerPixel * repetitions / 8 > _options.MaxDecodedBytes
                ? string.Create(CultureInfo.InvariantCulture, $"{width}×{height} pixels of {bitsPerPixel} bits{(repetitions > 1 ? ", coded in very many scans," : "")} are more than the {_options.MaxDecodedBytes} decoded bytes allowed")
            : null;
        if (reason is not null)
        {
            throw new ImageDecodeException(name, ImageDecodeError.LimitExceeded, reason);
        }
    }

    private static ISharpDecoder DecoderOf(ImageSharpFormats format) => format switch
    {
        ImageSharpFormats.Jpeg => new JpegDecoder(),
        ImageSharpFormats.Png => new PngDecoder(),
        ImageSharpFormats.WebP => new WebpDecoder(),
        ImageSharpFormats.Gif => new GifDecoder { DecodingMode = FrameDecodingMode.First },
        ImageSharpFormats.Tiff => new TiffDecoder { DecodingMode = FrameDecodingMode.First },
        _ => new TgaDecoder(),
    };

    private static (ImageSharpFormats Format, string Name) Identify(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return (ImageSharpFormats.Jpeg, "JPEG");
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            return (ImageSharpFormats.Png, "PNG");
        }

        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
        {
            return (ImageSharpFormats.Gif, "GIF");
        }

        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
        {
            return (ImageSharpFormats.WebP, "WebP");
        }

        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8))
        {
            return (ImageSharpFormats.Tiff, "TIFF");
        }

        if (bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8))
        {
            return (ImageSharpFormats.None, "BigTIFF");
        }

        if (bytes.StartsWith("BM"u8) && bytes.Length >= 18 && BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]) is 12 or (>= 16 and <= 124))
        {
            return (ImageSharpFormats.Bmp, "BMP");
        }

        if (bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8))
        {
            return (ImageSharpFormats.None, bytes[8..].StartsWith("avi"u8) ? "AVIF" : "HEIF");
        }

        return IsTga(bytes) ? (ImageSharpFormats.Tga, "TGA") : (ImageSharpFormats.None, UnsupportedFormat.Name(bytes));
    }

    // The numbers of the header must go together, and a picture of no size is none.
    private static bool IsTga(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 18)
        {
            return false;
        }

        int mapType = bytes[1], imageType = bytes[2], mapDepth = bytes[7], depth = bytes[16];
        bool palette = imageType is 1 or 9;
        return imageType is 1 or 2 or 3 or 9 or 10 or 11
            && (palette ? mapType == 1 && mapDepth is 15 or 16 or 24 or 32 && depth == 8 : mapType is 0 or 1)
            && (palette || depth is 8 or 15 or 16 or 24 or 32)
            && (imageType is not (3 or 11) || depth == 8)
            && (bytes[17] & 0xC0) == 0
            && BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]) > 0
            && BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]) > 0;
    }

    private static int ExifOrientation(ImageMetadata metadata) =>
        metadata.ExifProfile?.GetValue(ExifTag.Orientation) is { } value ? value.Value : 1;

    private static ImageDecodeException Unsupported(string name, string what) =>
        new(name, ImageDecodeError.UnsupportedFormat, $"{what} is not supported without libvips; convert it to RGB in sRGB, or decode with ArtSimilarity.NetVips");

    private static string OneLine(string message)
    {
        string line = message.ReplaceLineEndings(" ").Trim();
        const int Longest = 200;
        return line.Length == 0 ? "no reason given" : line.Length <= Longest ? line : line[..Longest] + "…";
    }
}
