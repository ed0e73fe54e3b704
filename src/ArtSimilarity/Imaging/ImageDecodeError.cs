namespace ArtSimilarity.Imaging;

/// <summary>Why an image could not be decoded.</summary>
public enum ImageDecodeError
{
    /// <summary>The bytes could not be read: a missing or unreadable file, or no bytes at all.</summary>
    Unreadable,

    /// <summary>
    /// The bytes are no image, or of a format that is not enabled, or of a variant (a compression, a colour space) that this
    /// decoder does not read.
    /// </summary>
    UnsupportedFormat,

    /// <summary>The bytes begin like an image but are damaged.</summary>
    Corrupt,

    /// <summary>The image is larger than the options allow, in bytes, pixels, channels or along a side; or it takes too long to come.</summary>
    LimitExceeded,

    /// <summary>The image lies where an <see cref="IImageOpener"/> does not look: another scheme, a private address, a forbidden redirect.</summary>
    Refused,
}
