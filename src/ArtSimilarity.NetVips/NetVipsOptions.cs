using ArtSimilarity.Imaging;

namespace ArtSimilarity.NetVips;

/// <summary>What <see cref="NetVipsImageDecoder"/> accepts. All limits are checked before any pixel is decoded.</summary>
public sealed class NetVipsOptions
{
    /// <summary>The formats that are decoded. The default is <see cref="ImageFormats.All"/>.</summary>
    public ImageFormats Formats { get; set; } = ImageFormats.All;

    /// <summary>The longest encoded image, in bytes. The default is 268,435,456 (256 MiB).</summary>
    public long MaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// The most pixels (width × height) an image may have. The default is 300,000,000: above the largest single captures of
    /// museums, and still a matter of seconds. Raise it for stitched gigapixel scans: they are streamed when decoded to a
    /// smaller size, so they cost time and little memory.
    /// </summary>
    public long MaxPixels { get; set; } = 300_000_000;

    /// <summary>
    /// The most pixels of an image whose encoding has to be held in memory as a whole, at 3 to 8 bytes a pixel. These are progressive
    /// JPEG, interlaced PNG, WebP, GIF, HEIF and BMP. One tile of a TIFF has no more pixels either. The default is 100,000,000.
    /// </summary>
    public long MaxPixelsInMemory { get; set; } = 100_000_000;

    /// <summary>The longest side of an image, in pixels. The default is 100,000.</summary>
    public int MaxSide { get; set; } = 100_000;

    /// <summary>
    /// The most channels of an image. The default is 8: CMYK with transparency has five, and scans of museums add an infrared
    /// channel or two. Channels beyond colour and transparency are decoded and dropped, so each costs time for nothing.
    /// </summary>
    public int MaxBands { get; set; } = 8;

    /// <summary>
    /// The most bytes an image may decode to before it is shrunk: width × height × channels × bytes a channel. A progressive JPEG
    /// counts once more for each dozen scans beyond the first. The default is 2,400,000,000: four channels of 16 bits at the
    /// default <see cref="MaxPixels"/>.
    /// </summary>
    public long MaxDecodedBytes { get; set; } = 2_400_000_000;

    /// <summary>
    /// What to do with damaged and truncated images. The default is <see cref="DamagedImages.Refuse"/>. Damage that leaves data
    /// decodable to other pixels, in a format without checksums, cannot be told.
    /// </summary>
    public DamagedImages DamagedImages { get; set; } = DamagedImages.Refuse;

    internal NetVipsOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBands, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDecodedBytes, 1);
        if (DamagedImages is not (DamagedImages.Refuse or DamagedImages.Accept))
        {
            throw new ArgumentOutOfRangeException(nameof(DamagedImages), DamagedImages, "DamagedImages must be Refuse or Accept.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPixels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPixelsInMemory, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSide, 1);
        if ((Formats & ~ImageFormats.All) != 0 || Formats == ImageFormats.None)
        {
            throw new ArgumentOutOfRangeException(nameof(Formats), Formats, "Formats must name at least one known format and nothing else.");
        }

        return (NetVipsOptions)MemberwiseClone();
    }
}
