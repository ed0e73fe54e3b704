using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>How large a picture may be; <see langword="null"/> for the defaults of the packages.</summary>
/// <param name="MaxBytes">The longest encoded picture, in bytes.</param>
/// <param name="MaxPixels">The most pixels, width × height.</param>
internal sealed record ImageLimits(long? MaxBytes, long? MaxPixels)
{
    public static ImageLimits Default { get; } = new(null, null);

    /// <summary>A decoder that keeps to these limits.</summary>
    public VipsImageDecoder NewDecoder()
    {
        var options = new ImagingOptions();
        options.MaxBytes = MaxBytes ?? options.MaxBytes;
        if (MaxPixels is long pixels)
        {
            // Who allows so many pixels allows them in every format.
            (options.MaxPixels, options.MaxPixelsInMemory) = (pixels, pixels);
        }

        return new VipsImageDecoder(options);
    }

    /// <summary>Lets a gallery keep to these limits.</summary>
    public void ApplyTo(GalleryOptions options) => options.MaxImageBytes = MaxBytes ?? options.MaxImageBytes;
}
