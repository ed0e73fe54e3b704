namespace ArtSimilarity.NetVips;

/// <summary>Formats of encoded images. A format is told by the first bytes of an image, never by a file's name.</summary>
[Flags]
public enum ImageFormats
{
    /// <summary>No format.</summary>
    None = 0,

    /// <summary>JPEG: baseline and progressive; gray, YCbCr, RGB, CMYK and YCCK.</summary>
    Jpeg = 1,

    /// <summary>PNG, up to 16 bits a channel.</summary>
    Png = 2,

    /// <summary>WebP, lossy and lossless; the first frame of an animation.</summary>
    WebP = 4,

    /// <summary>GIF; the first frame of an animation.</summary>
    Gif = 8,

    /// <summary>TIFF and BigTIFF; the largest page, the first among equals.</summary>
    Tiff = 16,

    /// <summary>AVIF and HEIC. The libvips of NetVips.Native decodes AVIF only; HEIC needs a libvips with an HEVC decoder.</summary>
    Heif = 32,

    /// <summary>BMP of Windows and OS/2: 1 to 32 bits a pixel, run lengths, bit fields.</summary>
    Bmp = 64,

    /// <summary>Every format above.</summary>
    All = Jpeg | Png | WebP | Gif | Tiff | Heif | Bmp,
}
