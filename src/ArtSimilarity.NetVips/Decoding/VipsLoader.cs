using System.Buffers.Binary;
using System.Globalization;
using ArtSimilarity.EncodedImages;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips.Decoding;
using ArtSimilarity.NetVips.Formats;
using NetVips;

namespace ArtSimilarity.NetVips.Decoding;

/// <summary>
/// Opens an encoded image with the loader of its format. The loader is named, not looked for: a file never chooses which decoder
/// runs.
/// </summary>
internal sealed class VipsLoader : IDisposable
{
    private readonly EncodedImage _encoded;
    private readonly Enums.FailOn _tolerance;
    private readonly Source? _memory;
    private readonly CancellableSource? _cancellable;
    private readonly CancellationToken _cancellationToken;
    private readonly byte[]? _bmpPixels;
    private Source? _padded;
    private Image? _unfinished;

    /// <param name="encoded">The image.</param>
    /// <param name="lenient">Whether to make what can be made of damaged data.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="VipsException">The header cannot be read.</exception>
    public VipsLoader(EncodedImage encoded, bool lenient, CancellationToken cancellationToken)
    {
        _encoded = encoded;
        _cancellationToken = cancellationToken;

        // A warning of libjpeg ends the reading at the next rows, unless harmless ones are expected. The loader of TIFF warns of
        // unknown tags, which say nothing of the pixels.
        _tolerance = lenient ? Enums.FailOn.None
            : encoded.Format == ImageFormats.Jpeg ? (encoded.Jpeg.HarmlessWarnings == 0 ? Enums.FailOn.Warning : Enums.FailOn.Truncated)
            : Enums.FailOn.Error;
        try
        {
            if (encoded.Bmp is { } bmp)
            {
                _bmpPixels = bmp.Read(encoded.Bytes.Span, cancellationToken);
                using Image raw = Image.NewFromMemory<byte>(_bmpPixels, bmp.Width, bmp.Height, bmp.Bands, Enums.BandFormat.Uchar);
                Header = raw.Copy(interpretation: Enums.Interpretation.Srgb);
                return;
            }

            _memory = Source.NewFromMemory(encoded.Bytes.Span);
            Header = Open(_memory, encoded.Tiff);

            // libjpeg reads all scans before the first row, so only its input can stop it.
            if (encoded.Jpeg.Scans > 1 && cancellationToken.CanBeCanceled)
            {
                _cancellable = new CancellableSource(encoded.Bytes, cancellationToken);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The image at full size, before any conversion; no pixel of it is decoded yet.</summary>
    public Image Header { get; } = null!;

    public Source Source => _memory!;

    /// <summary>Whether the thumbnail operation is to open the image, as it knows how to shrink while loading.</summary>
    public bool ShrinksWhileLoading => _encoded.Format is not (ImageFormats.Jpeg or ImageFormats.Tiff or ImageFormats.Bmp);

    public bool IsHeldInMemory => _encoded.Format switch
    {
        ImageFormats.Jpeg => _encoded.Jpeg.Scans > 1,
        ImageFormats.Png => Header.Contains("interlaced") && Convert.ToInt32(Header.Get("interlaced"), CultureInfo.InvariantCulture) != 0,
        ImageFormats.Tiff => false,
        _ => true,
    };

    public string OptionString => _tolerance switch
    {
        Enums.FailOn.None => "[fail_on=none]",
        Enums.FailOn.Truncated => "[fail_on=truncated]",
        Enums.FailOn.Warning => "[fail_on=warning]",
        _ => "[fail_on=error]",
    };

    /// <summary>Begins a pipeline with the image.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="atLeast">Where given, a smaller version that is at least this large will do.</param>
    public void Begin(VipsPipeline pipeline, ImageSize? atLeast = null)
    {
        TiffPage? page = _encoded.Tiff;
        if (_encoded.Format == ImageFormats.Jpeg && atLeast is { } size && JpegShrink(size) is > 1 and int shrink)
        {
            BeginShrunk(pipeline, shrink);
        }
        else if (_cancellable is not null)
        {
            pipeline.Begin(Open(_cancellable, page), owned: true);
        }
        else if (page is not null && atLeast is { } least && TiffDirectories.AtLeast(page, _encoded.TiffPages, least) is var level && level != page)
        {
            pipeline.Begin(Open(_memory!, level), owned: true);
        }
        else
        {
            pipeline.Begin(Header);
        }

        if (page is not null)
        {
            SelectBands(pipeline, page);
        }
    }

    /// <summary>Reads on to the end of the coded data, so that damage in the last rows is found, where shrinking left them out.</summary>
    public void Finish()
    {
        if (_unfinished is { } image)
        {
            using Region region = Region.New(image);
            region.Fetch(0, image.Height - 1, image.Width, 1);
        }
    }

    public void Dispose()
    {
        Header?.Dispose();
        _padded?.Dispose();
        _cancellable?.Dispose();
        _memory?.Dispose();
    }

    private Image Open(Source source, TiffPage? page) => _encoded.Format switch
    {
        ImageFormats.Jpeg => Image.JpegloadSource(source, access: Enums.Access.Sequential, failOn: _tolerance),
        ImageFormats.Png => Image.PngloadSource(source, access: Enums.Access.Sequential, failOn: _tolerance),
        ImageFormats.WebP => Image.WebploadSource(source, access: Enums.Access.Sequential, failOn: _tolerance),
        ImageFormats.Gif => Image.GifloadSource(source, access: Enums.Access.Sequential, failOn: _tolerance),
        ImageFormats.Tiff => Image.TiffloadSource(source, page: page?.Page, subifd: page?.SubIfd, access: Enums.Access.Sequential, failOn: _tolerance),
        _ => Image.HeifloadSource(source, access: Enums.Access.Sequential, failOn: _tolerance),
    };

    // libvips leaves out the rest of rows that a shrink does not divide, and with it perhaps the last coded rows. So the height is
    // rounded up, which asks for no other coded data, and the picture is cut to what libvips makes of it.
    private void BeginShrunk(VipsPipeline pipeline, int shrink)
    {
        int height = Header.Height;
        int padded = (height + shrink - 1) / shrink * shrink;
        if (padded == height || padded > ushort.MaxValue)
        {
            pipeline.Begin(Image.JpegloadSource(_cancellable ?? _memory!, shrink: shrink, access: Enums.Access.Sequential, failOn: _tolerance), owned: true);
            return;
        }

        byte[] bytes = _encoded.Bytes.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(_encoded.Jpeg.HeightAt), (ushort)padded);
        _padded = _cancellable is null ? Source.NewFromMemory(bytes) : new CancellableSource(bytes, _cancellationToken);
        Image image = Image.JpegloadSource(_padded, shrink: shrink, access: Enums.Access.Sequential, failOn: _tolerance);
        pipeline.Begin(image, owned: true);
        _unfinished = image;
        pipeline.Then(i => i.ExtractArea(0, 0, i.Width, height / shrink));
    }

    // As libvips chooses: at least twice the size is left for a good filter.
    private int JpegShrink(ImageSize size)
    {
        double ratio = Math.Min((double)Header.Width / size.Width, (double)Header.Height / size.Height);
        return ratio >= 16 ? 8 : ratio >= 8 ? 4 : ratio >= 4 ? 2 : 1;
    }

    // libvips takes the last of four channels for transparency, whatever the file says of it.
    private static void SelectBands(VipsPipeline pipeline, TiffPage page)
    {
        Image image = pipeline.Current;
        int colours = page.ColourSamples, alpha = page.AlphaSample;
        if (image.Bands != page.SamplesPerPixel || image.Bands <= colours || (alpha == colours && image.Bands == colours + 1))
        {
            return;
        }

        pipeline.Then(i => i.ExtractBand(0, n: colours));
        if (alpha >= 0)
        {
            using Image transparency = image.ExtractBand(alpha);
            pipeline.Then(i => i.Bandjoin(transparency));
        }
    }
}
