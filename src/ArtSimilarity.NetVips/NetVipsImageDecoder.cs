using System.Globalization;
using ArtSimilarity.EncodedImages;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips.Decoding;
using ArtSimilarity.NetVips.Formats;
using ArtSimilarity.NetVips.Runtime;
using NetVips;
using Libvips = NetVips.NetVips;

namespace ArtSimilarity.NetVips;

/// <summary>
/// Decodes JPEG, PNG, WebP, GIF, TIFF and AVIF with libvips, and BMP: shrunk while loading, upright, in sRGB, flattened on
/// white; the first frame of an animation, the largest page of a TIFF. Safe to use from several threads; an image is decoded on
/// the thread that asks for it.
/// </summary>
/// <remarks>
/// <para>Embedded ICC profiles are applied (relative colorimetric). CMYK without a profile is converted as browsers do,
/// R = (255 − C)·(255 − K)/255.</para>
/// <para>A truncated or damaged image is refused (<see cref="ImageDecodeError.Corrupt"/>), unless
/// <see cref="NetVipsOptions.DamagedImages"/> accepts it; then <see cref="RgbImage.Damage"/> says what is wrong.</para>
/// <para>Cancelling takes effect after at most some four million pixels, or at the next read of a progressive JPEG. WebP, GIF,
/// AVIF and interlaced PNG are decoded as a whole and end that first.</para>
/// <para>The first decoder of a process sets libvips up for the whole process: no operation cache, one thread an image, untrusted
/// loaders blocked, no warnings on stderr. A host that uses libvips for other things as well can change these settings after
/// that; the decoder opens only the enabled formats in any case.</para>
/// </remarks>
public sealed class NetVipsImageDecoder : IImageDecoder
{
    private const string IccProfile = "icc-profile-data";

    // Pixels of the encoded image between two looks at whether the decoding was cancelled.
    private const long PixelsPerStep = 4 * 1024 * 1024;

    // Scans of a usual progressive JPEG; each further dozen costs about as much as decoding the image once more.
    private const int UsualScans = 12;

    /// <summary>Each tile costs time of its own: 300 million pixels in tiles of 64×64 are 73,000, in tiles of 16×16 more than a million.</summary>
    private const int MostTiles = 1 << 18;

    private readonly NetVipsOptions _options;
    private readonly string _supported;

    /// <summary>Told of each strip as it is decoded: how many rows of how many are done.</summary>
    internal Action<int, int>? RowsDecoded { get; init; }

    /// <summary>Creates a decoder with the default options.</summary>
    /// <exception cref="InvalidOperationException">libvips cannot be loaded, or is older than 8.13.</exception>
    public NetVipsImageDecoder()
        : this(new NetVipsOptions())
    {
    }

    /// <summary>Creates a decoder.</summary>
    /// <param name="options">What to accept; later changes to it have no effect.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is below 1, or the formats are none or unknown.</exception>
    /// <exception cref="InvalidOperationException">libvips cannot be loaded, or is older than 8.13.</exception>
    public NetVipsImageDecoder(NetVipsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Validated();
        _supported = string.Join(", ", Enum.GetValues<ImageFormats>().Where(f => int.IsPow2((int)f) && _options.Formats.HasFlag(f)));
        VipsRuntime.EnsureConfigured();
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
        (ImageFormats format, string formatName) = EncodedFormat.Identify(bytes.Span);
        if ((format & _options.Formats) == 0)
        {
            throw new ImageDecodeException(
                source.Name,
                ImageDecodeError.UnsupportedFormat,
                $"format not supported: {formatName}{UnsupportedFormat.Remedy(formatName)} (supported: {_supported})");
        }

        var encoded = new EncodedImage(source.Name, bytes, format, formatName);
        ThrowIfUnusable(encoded);
        RgbImage? image = null;
        string? damage;
        try
        {
            image = Decode(encoded, minimumSize, region, lenient: false, cancellationToken, out damage);
        }
        catch (VipsException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (encoded.WhyNotBuiltIn(e.Message) is { } missing)
            {
                throw new ImageDecodeException(source.Name, ImageDecodeError.UnsupportedFormat, missing, e);
            }

            damage = $"damaged {formatName}: {Explain(e, formatName)}";
            if (_options.DamagedImages == DamagedImages.Refuse)
            {
                throw new ImageDecodeException(source.Name, ImageDecodeError.Corrupt, damage, e);
            }
        }

        if (damage is not null && _options.DamagedImages == DamagedImages.Refuse)
        {
            image!.Dispose();
            throw new ImageDecodeException(source.Name, ImageDecodeError.Corrupt, damage);
        }

        if (image is null)
        {
            try
            {
                image = Decode(encoded, minimumSize, region, lenient: true, cancellationToken, out _);
            }
            catch (VipsException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new ImageDecodeException(source.Name, ImageDecodeError.Corrupt, $"damaged {formatName}: {Explain(e, formatName)}", e);
            }
        }

        image.Damage = damage;
        return image;
    }

    private RgbImage Decode(EncodedImage encoded, ImageSize? minimumSize, ImageRegion? region, bool lenient, CancellationToken cancellationToken, out string? damage)
    {
        using var warnings = new VipsWarnings();
        RgbImage image;
        using (var loader = new VipsLoader(encoded, lenient, cancellationToken))
        {
            Image header = loader.Header;
            ThrowIfTooLarge(encoded, header.Width, header.Height, header.Bands, BytesPerSample(header.Format), loader.IsHeldInMemory);

            var orientation = new Orientation(IntegerField(header, "orientation"));
            var storedSize = new ImageSize(header.Width, header.Height);
            ImageSize uprightSize = orientation.Turn(storedSize);
            ImageSize target = CoveringSize.Of(uprightSize, minimumSize, region);
            (int X, int Y, int Width, int Height) crop = region?.ToPixels(target) ?? (0, 0, target.Width, target.Height);
            if (3L * crop.Width * crop.Height > Array.MaxLength)
            {
                throw new ImageDecodeException(
                    encoded.Name,
                    ImageDecodeError.LimitExceeded,
                    $"{crop.Width}×{crop.Height} pixels are too many for one decoded image; ask for a smaller minimum size or a region");
            }

            using var pipeline = new VipsPipeline();
            bool shrink = target != uprightSize;
            if (shrink)
            {
                Shrink(pipeline, loader, orientation.Turn(target));
            }
            else
            {
                loader.Begin(pipeline);
            }

            if (crop != (0, 0, target.Width, target.Height))
            {
                (int x, int y, int width, int height) = orientation.ToStored(crop, target);
                pipeline.Then(i => i.ExtractArea(x, y, width, height));
            }

            // Shrinking has applied the profile already.
            ConvertToRgb(pipeline, applyProfile: !shrink && header.Contains(IccProfile));
            long pixelsPerRow = Math.Max(1, (long)header.Width * header.Height / orientation.Turn(target).Height);
            image = Read(pipeline.Current, orientation, (int)Math.Max(1, PixelsPerStep / pixelsPerRow), cancellationToken);
            if (region is null)
            {
                loader.Finish();
            }

            damage = encoded.Bmp?.Damage is { } missing ? $"damaged BMP: {missing}" : null;
        }

        // libjpeg tells its warnings when the file is closed.
        if (damage is null && encoded.Format == ImageFormats.Jpeg && warnings.JpegWarnings > encoded.Jpeg.HarmlessWarnings)
        {
            damage = string.Create(CultureInfo.InvariantCulture, $"damaged JPEG: coded data are missing, left over or not decodable ({warnings.JpegWarnings - encoded.Jpeg.HarmlessWarnings} warnings of libjpeg)");
        }
        else if (damage is null && encoded.Format == ImageFormats.Tiff && warnings.JpegInTiff is { } warning)
        {
            damage = $"damaged TIFF: {warning}";
        }

        return image;
    }

    /// <summary>What the bytes tell before libvips sees them.</summary>
    private void ThrowIfUnusable(EncodedImage encoded)
    {
        if (encoded.Bmp is { } bmp)
        {
            ThrowIfTooLarge(encoded, bmp.Width, bmp.Height, bmp.Bands, 1, heldInMemory: true);
        }

        if (encoded.Tiff is { } page)
        {
            int bytesPerSample = (page.BitsPerSample.Max() + 7) / 8;
            ThrowIfTooLarge(encoded, page.Width, page.Height, page.SamplesPerPixel, bytesPerSample, heldInMemory: false);
            if ((Int128)page.TileWidth * page.TileHeight > _options.MaxPixelsInMemory)
            {
                throw new ImageDecodeException(
                    encoded.Name,
                    ImageDecodeError.LimitExceeded,
                    string.Create(CultureInfo.InvariantCulture, $"tiles of {page.TileWidth}×{page.TileHeight} pixels are more than the {_options.MaxPixelsInMemory} allowed in memory"));
            }

            if (page.TileWidth > 0 && page.TileHeight > 0)
            {
                Int128 tiles = (Int128)((page.Width + page.TileWidth - 1) / page.TileWidth) * ((page.Height + page.TileHeight - 1) / page.TileHeight);
                if (tiles > MostTiles)
                {
                    throw new ImageDecodeException(
                        encoded.Name,
                        ImageDecodeError.LimitExceeded,
                        string.Create(CultureInfo.InvariantCulture, $"{tiles} tiles are more than the {MostTiles} allowed"));
                }
            }

            if (page.WhyUnsupported() is { } variant)
            {
                throw new ImageDecodeException(
                    encoded.Name, ImageDecodeError.UnsupportedFormat, $"TIFF with {variant} is not supported; convert it to RGB of 8 or 16 bits a channel");
            }
        }
    }

    private void ThrowIfTooLarge(EncodedImage encoded, long width, long height, long bands, int bytesPerSample, bool heldInMemory)
    {
        string? reason = null;
        long maxPixels = heldInMemory ? Math.Min(_options.MaxPixels, _options.MaxPixelsInMemory) : _options.MaxPixels;
        int repetitions = Math.Max(1, (encoded.Jpeg.Scans + UsualScans - 1) / UsualScans);
        Int128 pixels = (Int128)width * height;
        Int128 decoded = pixels * bands * bytesPerSample * repetitions;
        if (pixels > maxPixels)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"{width}×{height} pixels are more than the {maxPixels} allowed{(heldInMemory ? " in an image that cannot be streamed" : "")}");
        }
        else if (Math.Max(width, height) > _options.MaxSide)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"a side of {width}×{height} pixels is longer than the {_options.MaxSide} allowed");
        }
        else if (bands > _options.MaxBands)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"{bands} channels are more than the {_options.MaxBands} allowed");
        }
        else if (decoded > _options.MaxDecodedBytes)
        {
            string scans = repetitions > 1 ? string.Create(CultureInfo.InvariantCulture, $", coded in {encoded.Jpeg.Scans} scans,") : "";
            reason = string.Create(
                CultureInfo.InvariantCulture,
                $"{width}×{height} pixels of {bands} channels with {8 * bytesPerSample} bits{scans} are more than the {_options.MaxDecodedBytes} decoded bytes allowed");
        }

        if (reason is not null)
        {
            throw new ImageDecodeException(encoded.Name, ImageDecodeError.LimitExceeded, reason);
        }
    }

    private static int BytesPerSample(Enums.BandFormat format) => format switch
    {
        Enums.BandFormat.Uchar or Enums.BandFormat.Char => 1,
        Enums.BandFormat.Ushort or Enums.BandFormat.Short => 2,
        Enums.BandFormat.Uint or Enums.BandFormat.Int or Enums.BandFormat.Float => 4,
        Enums.BandFormat.Dpcomplex => 16,
        _ => 8,
    };

    private static void Shrink(VipsPipeline pipeline, VipsLoader loader, ImageSize size)
    {
        Image header = loader.Header;
        if (IsCmykWithoutProfile(header))
        {
            // The thumbnail operation would take a generic printing profile for it.
            loader.Begin(pipeline, atLeast: size);
            ConvertCmyk(pipeline);
            pipeline.Then(image => image.ThumbnailImage(size.Width, height: size.Height, size: Enums.Size.Force, noRotate: true));
            return;
        }

        string? profile = header.Contains(IccProfile) ? "srgb" : null;
        if (loader.ShrinksWhileLoading)
        {
            pipeline.Begin(
                Image.ThumbnailSource(
                    loader.Source,
                    size.Width,
                    optionString: loader.OptionString, // the operation's own fail-on argument does not reach the loader of a source
                    height: size.Height,
                    size: Enums.Size.Force,
                    noRotate: true,
                    outputProfile: profile),
                owned: true);
            return;
        }

        loader.Begin(pipeline, atLeast: size);
        pipeline.Then(image => image.ThumbnailImage(size.Width, height: size.Height, size: Enums.Size.Force, noRotate: true, outputProfile: profile));
    }

    private static void ConvertToRgb(VipsPipeline pipeline, bool applyProfile)
    {
        Image image = pipeline.Current;
        if (image.HasAlpha() && image.Format is Enums.BandFormat.Uchar or Enums.BandFormat.Ushort)
        {
            double white = image.Format == Enums.BandFormat.Uchar ? byte.MaxValue : ushort.MaxValue;
            pipeline.Then(i => i.Flatten(background: [white], maxAlpha: white));
        }

        if (IsCmykWithoutProfile(pipeline.Current))
        {
            ConvertCmyk(pipeline);
        }
        else if (applyProfile && image.Format is Enums.BandFormat.Uchar or Enums.BandFormat.Ushort)
        {
            pipeline.Then(i => i.IccTransform("srgb", intent: Enums.Intent.Relative, embedded: true, depth: 8));
        }

        if (pipeline.Current is not { Interpretation: Enums.Interpretation.Srgb, Format: Enums.BandFormat.Uchar, Bands: 3 })
        {
            pipeline.Then(i => i.Colourspace(Enums.Interpretation.Srgb));
        }

        if (pipeline.Current.HasAlpha())
        {
            pipeline.Then(i => i.Flatten(background: [byte.MaxValue]));
        }

        if (pipeline.Current.Format != Enums.BandFormat.Uchar)
        {
            pipeline.Then(i => i.Cast(Enums.BandFormat.Uchar));
        }

        if (pipeline.Current.Bands > 3)
        {
            pipeline.Then(i => i.ExtractBand(0, n: 3));
        }
    }

    private static bool IsCmykWithoutProfile(Image image) =>
        image.Interpretation == Enums.Interpretation.Cmyk && image.Bands >= 4 && !image.Contains(IccProfile);

    private static void ConvertCmyk(VipsPipeline pipeline)
    {
        if (pipeline.Current.Format != Enums.BandFormat.Uchar)
        {
            pipeline.Then(i => i.Cast(Enums.BandFormat.Uchar, shift: true));
        }

        pipeline.Then(i => i.Invert());
        Image light = pipeline.Current;
        using Image black = light.ExtractBand(3);
        pipeline.Then(i => i.ExtractBand(0, n: 3));
        pipeline.Then(i => i.Multiply(black));
        pipeline.Then(i => i.Linear([1.0 / byte.MaxValue], [0.5], uchar: true));
        pipeline.Then(i => i.Copy(interpretation: Enums.Interpretation.Srgb));
    }

    // Strip by strip on this thread: cancelling takes effect between strips, and what libvips warns of belongs to this image.
    private RgbImage Read(Image image, Orientation orientation, int rowsPerStep, CancellationToken cancellationToken)
    {
        if (image.Bands != 3)
        {
            throw new VipsException($"{image.Bands} colour channels");
        }

        // Other threads only ever set a flag, which libvips looks at before each piece of work on the image.
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => ((Image)state!).SetKill(true), image);
        int width = image.Width, height = image.Height;
        var stored = new RgbImage(width, height);
        try
        {
            Span<byte> pixels = stored.Pixels;
            using Region region = Region.New(image);
            for (int y = 0; y < height; y += rowsPerStep)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int rows = Math.Min(rowsPerStep, height - y);
                region.Fetch(0, y, width, rows).CopyTo(pixels.Slice(3 * y * width, 3 * rows * width));
                RowsDecoded?.Invoke(y + rows, height);
            }

            if (orientation.IsUpright)
            {
                return stored;
            }

            RgbImage upright = orientation.ToUpright(pixels, stored.Size);
            stored.Dispose();
            return upright;
        }
        catch
        {
            stored.Dispose();
            throw;
        }
    }

    private static int IntegerField(Image image, string name) =>
        image.Contains(name) ? Convert.ToInt32(image.Get(name), CultureInfo.InvariantCulture) : 0;

    /// <summary>
    /// One line of what libvips said. Its error log is one for all threads, so a line about this format is looked for first.
    /// </summary>
    private static string Explain(VipsException exception, string formatName)
    {
        string[] lines = exception.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string line = Array.FindLast(lines, l => l.Contains(formatName, StringComparison.OrdinalIgnoreCase)) ?? lines[^1];
        const int Longest = 200;
        return line.Length <= Longest ? line : line[..Longest] + "…";
    }
}
