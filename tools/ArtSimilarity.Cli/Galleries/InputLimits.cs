using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>How large a picture may be, where it may lie, and how long a model may take to load; <see langword="null"/> for the defaults of the packages.</summary>
/// <param name="MaxBytes">The longest encoded picture, in bytes.</param>
/// <param name="MaxPixels">The most pixels, width × height.</param>
internal sealed record InputLimits(long? MaxBytes, long? MaxPixels)
{
    /// <summary>A channel of a decoded picture has 16 bits at most, and a picture four channels as a rule.</summary>
    private const int BytesPerPixel = 8;

    public static InputLimits Default { get; } = new(null, null);

    /// <summary>Whether damaged pictures are taken for what can be decoded of them.</summary>
    public bool AcceptDamaged { get; init; }

    /// <summary>Which pictures of works may be opened.</summary>
    public ImageAccess Access { get; init; } = ImageAccess.Files;

    /// <summary>How long loading a model may take, and again its trial run.</summary>
    public TimeSpan? LoadTimeout { get; init; }

    /// <summary>A decoder that keeps to these limits.</summary>
    public NetVipsImageDecoder NewDecoder()
    {
        var options = new NetVipsOptions();
        options.MaxBytes = MaxBytes ?? options.MaxBytes;
        if (MaxPixels is long pixels)
        {
            // Who allows so many pixels allows them in every format.
            (options.MaxPixels, options.MaxPixelsInMemory) = (pixels, pixels);
            options.MaxDecodedBytes = Math.Max(options.MaxDecodedBytes, pixels > long.MaxValue / BytesPerPixel ? long.MaxValue : pixels * BytesPerPixel);
        }

        options.DamagedImages = AcceptDamaged ? DamagedImages.Accept : DamagedImages.Refuse;
        return new NetVipsImageDecoder(options);
    }

    /// <summary>Lets a gallery keep to these limits.</summary>
    public void ApplyTo(GalleryOptions options) => options.MaxImageBytes = MaxBytes ?? options.MaxImageBytes;
}
