namespace ArtSimilarity.ImageSharp;

/// <summary>What <see cref="ImageSharpImageDecoder"/> accepts. All limits are checked before any pixel is decoded.</summary>
public sealed class ImageSharpOptions
{
    /// <summary>The formats that are decoded. The default is <see cref="ImageSharpFormats.All"/>.</summary>
    public ImageSharpFormats Formats { get; set; } = ImageSharpFormats.All;

    /// <summary>The longest encoded image, in bytes. The default is 268,435,456 (256 MiB).</summary>
    public long MaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// The most pixels (width × height) an image may have. The default is 100,000,000: ImageSharp holds every image in memory as a
    /// whole, at 7 to 15 bytes a pixel.
    /// </summary>
    public long MaxPixels { get; set; } = 100_000_000;

    /// <summary>The longest side of an image, in pixels. The default is 65,500.</summary>
    public int MaxSide { get; set; } = 65_500;

    /// <summary>The most channels of an image. The default is 8.</summary>
    public int MaxBands { get; set; } = 8;

    /// <summary>
    /// The most bytes an image may decode to before it is shrunk: width × height × bits a pixel / 8. A progressive JPEG counts once
    /// more for each dozen scans beyond the first. The default is 800,000,000.
    /// </summary>
    public long MaxDecodedBytes { get; set; } = 800_000_000;

    internal ImageSharpOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPixels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSide, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBands, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDecodedBytes, 1);
        if ((Formats & ~ImageSharpFormats.All) != 0 || Formats == ImageSharpFormats.None)
        {
            throw new ArgumentOutOfRangeException(nameof(Formats), Formats, "Formats must name at least one known format and nothing else.");
        }

        return (ImageSharpOptions)MemberwiseClone();
    }
}
