namespace ArtSimilarity.ImageSharp;

/// <summary>Formats that <see cref="ImageSharpImageDecoder"/> reads. A format is told by the first bytes of an image, never by a file's name.</summary>
[Flags]
public enum ImageSharpFormats
{
    /// <summary>No format.</summary>
    None = 0,

    /// <summary>JPEG: baseline and progressive; gray, YCbCr, RGB, and CMYK and YCCK without a colour profile.</summary>
    Jpeg = 1,

    /// <summary>PNG, up to 16 bits a channel.</summary>
    Png = 2,

    /// <summary>WebP, lossy and lossless, without animation.</summary>
    WebP = 4,

    /// <summary>GIF; the first frame of an animation.</summary>
    Gif = 8,

    /// <summary>TIFF, not BigTIFF; gray, RGB, palette and YCbCr; the largest page.</summary>
    Tiff = 16,

    /// <summary>BMP.</summary>
    Bmp = 64,

    /// <summary>TGA. It has no first bytes of its own, so it is told by a header whose numbers go together.</summary>
    Tga = 128,

    /// <summary>Every format above.</summary>
    All = Jpeg | Png | WebP | Gif | Tiff | Bmp | Tga,
}
