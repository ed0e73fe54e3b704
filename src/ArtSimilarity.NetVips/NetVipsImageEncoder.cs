using ArtSimilarity.Imaging;
using NetVips;

namespace ArtSimilarity.NetVips;

/// <summary>Encodes pixels as JPEG with libvips, without any metadata. Any number of threads may use it.</summary>
public static class NetVipsImageEncoder
{
    /// <summary>The quality where none is said.</summary>
    public const int DefaultQuality = 84;

    /// <summary>Encodes a picture.</summary>
    /// <param name="pixels">The picture.</param>
    /// <param name="maxSide">The longest side to write, in pixels; a larger picture is made smaller. <see langword="null"/> keeps its size.</param>
    /// <param name="quality">1 to 100.</param>
    /// <returns>The JPEG file.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static byte[] EncodeJpeg(RgbImage pixels, int? maxSide = null, int quality = DefaultQuality)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSide ?? 1, 1, nameof(maxSide));
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        using Image image = ToImage(pixels);
        double scale = Math.Min(1, (maxSide ?? int.MaxValue) / (double)Math.Max(pixels.Width, pixels.Height));
        if (scale == 1)
        {
            return image.JpegsaveBuffer(q: quality, optimizeCoding: true, keep: Enums.ForeignKeep.None);
        }

        int width = Math.Max(1, (int)Math.Round(pixels.Width * scale)), height = Math.Max(1, (int)Math.Round(pixels.Height * scale));
        using Image small = image.ThumbnailImage(width, height: height, size: Enums.Size.Force);
        return small.JpegsaveBuffer(q: quality, optimizeCoding: true, keep: Enums.ForeignKeep.None);
    }

    /// <summary>The pixels as an image of libvips, which has its own copy of them.</summary>
    internal static Image ToImage(RgbImage pixels)
    {
        using Image raw = Image.NewFromMemoryCopy(pixels.Pixels, pixels.Width, pixels.Height, 3, Enums.BandFormat.Uchar);
        return raw.Copy(interpretation: Enums.Interpretation.Srgb);
    }
}
