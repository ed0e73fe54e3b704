using System.Globalization;
using NetVips;
using Libvips = NetVips.NetVips;

namespace ArtSimilarity.Imaging;

/// <summary>
/// Decodes JPEG, PNG, WebP, GIF, TIFF and AVIF with libvips: shrunk while loading, upright, in sRGB, flattened on white, the
/// first frame or page of several. Safe to use from several threads; one image is decoded on one thread.
/// </summary>
/// <remarks>
/// <para>Embedded ICC profiles are applied (relative colorimetric). CMYK without a profile is converted as browsers do,
/// R = (255 − C)·(255 − K)/255.</para>
/// <para>A truncated image is refused (<see cref="ImageDecodeError.Corrupt"/>). Damage that the format's decoder can read past
/// yields the picture it makes of it.</para>
/// <para>The first decoder of a process sets libvips up for the whole process: no operation cache, one thread an image, untrusted
/// loaders blocked, no warnings on stderr. A host that uses libvips for other things as well can change these settings after
/// that; the decoder opens only the enabled formats in any case.</para>
/// </remarks>
public sealed class VipsImageDecoder : IImageDecoder
{
    private const string IccProfile = "icc-profile-data";
    private const Enums.FailOn Tolerance = Enums.FailOn.Truncated;

    private readonly ImagingOptions _options;
    private readonly string _supported;

    /// <summary>Creates a decoder with the default options.</summary>
    /// <exception cref="InvalidOperationException">libvips cannot be loaded, or is older than 8.13.</exception>
    public VipsImageDecoder()
        : this(new ImagingOptions())
    {
    }

    /// <summary>Creates a decoder.</summary>
    /// <param name="options">What to accept; later changes to it have no effect.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is below 1, or the formats are none or unknown.</exception>
    /// <exception cref="InvalidOperationException">libvips cannot be loaded, or is older than 8.13.</exception>
    public VipsImageDecoder(ImagingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Validated();
        _supported = string.Join(", ", Enum.GetValues<ImageFormats>().Where(f => int.IsPow2((int)f) && _options.Formats.HasFlag(f)));
        VipsRuntime.EnsureConfigured();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A side of <paramref name="minimumSize"/> is below 1.</exception>
    public RgbImage Decode(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (minimumSize is { Width: < 1 } or { Height: < 1 })
        {
            throw new ArgumentOutOfRangeException(nameof(minimumSize), minimumSize, "The minimum size must be at least 1×1.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        ReadOnlyMemory<byte> bytes = source.ReadBytes(_options.MaxBytes);
        (ImageFormats format, string formatName) = EncodedFormat.Identify(bytes.Span);
        if ((format & _options.Formats) == 0)
        {
            throw new ImageDecodeException(source.Name, ImageDecodeError.UnsupportedFormat, $"format not supported: {formatName} (supported: {_supported})");
        }

        try
        {
            using Source encoded = Source.NewFromMemory(bytes.Span);
            using Image header = Open(format, encoded);
            ThrowIfTooLarge(source, format, header);

            var orientation = new Orientation(IntegerField(header, "orientation"));
            var storedSize = new ImageSize(header.Width, header.Height);
            ImageSize uprightSize = orientation.Turn(storedSize);
            ImageSize target = TargetSize(uprightSize, minimumSize, region);
            (int X, int Y, int Width, int Height) crop = region?.ToPixels(target) ?? (0, 0, target.Width, target.Height);
            if (3L * crop.Width * crop.Height > Array.MaxLength)
            {
                throw new ImageDecodeException(
                    source.Name,
                    ImageDecodeError.LimitExceeded,
                    $"{crop.Width}×{crop.Height} pixels are too many for one decoded image; ask for a smaller minimum size or a region");
            }

            using var pipeline = new VipsPipeline();
            pipeline.Begin(header);
            bool shrink = target != uprightSize;
            if (shrink)
            {
                Shrink(pipeline, format, encoded, header, orientation.Turn(target));
            }

            if (crop != (0, 0, target.Width, target.Height))
            {
                (int x, int y, int width, int height) = orientation.ToStored(crop, target);
                pipeline.Then(image => image.ExtractArea(x, y, width, height));
            }

            // Shrinking has applied the profile already.
            ConvertToRgb(pipeline, applyProfile: !shrink && header.Contains(IccProfile));
            return Read(pipeline.Current, orientation, cancellationToken);
        }
        catch (VipsException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ImageDecodeException(source.Name, ImageDecodeError.Corrupt, $"damaged {formatName}: {Explain(e, formatName)}", e);
        }
    }

    // The loader is named, not looked for: a file never chooses which decoder runs.
    private static Image Open(ImageFormats format, Source encoded) => format switch
    {
        ImageFormats.Jpeg => Image.JpegloadSource(encoded, access: Enums.Access.Sequential, failOn: Tolerance),
        ImageFormats.Png => Image.PngloadSource(encoded, access: Enums.Access.Sequential, failOn: Tolerance),
        ImageFormats.WebP => Image.WebploadSource(encoded, access: Enums.Access.Sequential, failOn: Tolerance),
        ImageFormats.Gif => Image.GifloadSource(encoded, access: Enums.Access.Sequential, failOn: Tolerance),
        ImageFormats.Tiff => Image.TiffloadSource(encoded, access: Enums.Access.Sequential, failOn: Tolerance),
        _ => Image.HeifloadSource(encoded, access: Enums.Access.Sequential, failOn: Tolerance),
    };

    private void ThrowIfTooLarge(ImageSource source, ImageFormats format, Image header)
    {
        bool inMemory = format switch
        {
            ImageFormats.Jpeg => IntegerField(header, "jpeg-multiscan") != 0,
            ImageFormats.Png => IntegerField(header, "interlaced") != 0,
            ImageFormats.Tiff => false,
            _ => true,
        };
        long maxPixels = inMemory ? Math.Min(_options.MaxPixels, _options.MaxPixelsInMemory) : _options.MaxPixels;
        if ((long)header.Width * header.Height > maxPixels)
        {
            throw new ImageDecodeException(
                source.Name,
                ImageDecodeError.LimitExceeded,
                string.Create(CultureInfo.InvariantCulture, $"{header.Width}×{header.Height} pixels are more than the {maxPixels} allowed{(inMemory ? " in an image that cannot be streamed" : "")}"));
        }

        if (Math.Max(header.Width, header.Height) > _options.MaxSide)
        {
            throw new ImageDecodeException(
                source.Name,
                ImageDecodeError.LimitExceeded,
                string.Create(CultureInfo.InvariantCulture, $"a side of {header.Width}×{header.Height} pixels is longer than the {_options.MaxSide} allowed"));
        }
    }

    /// <summary>The smallest size of the whole upright image at which the region covers the minimum.</summary>
    private static ImageSize TargetSize(ImageSize full, ImageSize? minimumSize, ImageRegion? region)
    {
        if (minimumSize is not { } minimum)
        {
            return full;
        }

        ImageSize part = PartSize(full, region);

        // Rounding a region to whole pixels can cost it up to a pixel a side; the margin makes up for it.
        for (int margin = 0; ; margin++)
        {
            double scale = Math.Max((double)(minimum.Width + margin) / part.Width, (double)(minimum.Height + margin) / part.Height);
            if (scale >= 1)
            {
                return full;
            }

            var size = new ImageSize((int)Math.Ceiling((full.Width * scale) - 1e-6), (int)Math.Ceiling((full.Height * scale) - 1e-6));
            ImageSize scaledPart = PartSize(size, region);
            if (scaledPart.Width >= minimum.Width && scaledPart.Height >= minimum.Height)
            {
                return size;
            }
        }
    }

    private static ImageSize PartSize(ImageSize whole, ImageRegion? region)
    {
        if (region is not { } part)
        {
            return whole;
        }

        (_, _, int width, int height) = part.ToPixels(whole);
        return new ImageSize(width, height);
    }

    private static void Shrink(VipsPipeline pipeline, ImageFormats format, Source encoded, Image header, ImageSize size)
    {
        if (IsCmykWithoutProfile(header))
        {
            // The thumbnail operation would take a generic printing profile for it.
            if (format == ImageFormats.Jpeg && JpegShrink(header, size) is > 1 and int shrink)
            {
                pipeline.Begin(Image.JpegloadSource(encoded, shrink: shrink, access: Enums.Access.Sequential, failOn: Tolerance), owned: true);
            }

            ConvertCmyk(pipeline);
            pipeline.Then(image => image.ThumbnailImage(size.Width, height: size.Height, size: Enums.Size.Force, noRotate: true));
            return;
        }

        pipeline.Begin(
            Image.ThumbnailSource(
                encoded,
                size.Width,
                optionString: "[fail_on=truncated]", // the operation's own fail-on argument does not reach the loader of a source
                height: size.Height,
                size: Enums.Size.Force,
                noRotate: true,
                outputProfile: header.Contains(IccProfile) ? "srgb" : null),
            owned: true);
    }

    // As libvips chooses: at least twice the size is left for a good filter.
    private static int JpegShrink(Image header, ImageSize size)
    {
        double ratio = Math.Min((double)header.Width / size.Width, (double)header.Height / size.Height);
        return ratio >= 16 ? 8 : ratio >= 8 ? 4 : ratio >= 4 ? 2 : 1;
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

    private static unsafe RgbImage Read(Image image, Orientation orientation, CancellationToken cancellationToken)
    {
        if (image.Bands != 3)
        {
            throw new VipsException($"{image.Bands} colour channels");
        }

        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => ((Image)state!).SetKill(true), image);
        nint pixels = image.WriteToMemory(out ulong length);
        try
        {
            return orientation.ToUpright(new ReadOnlySpan<byte>((void*)pixels, checked((int)length)), new ImageSize(image.Width, image.Height));
        }
        finally
        {
            Libvips.Free(pixels);
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
