using ArtSimilarity.Imaging;
using NetVips;

namespace SimArt.Pictures;

/// <summary>Encodes pixels as JPEG, with libvips.</summary>
internal static class JpegWriter
{
    private const int Quality = 84;

    /// <summary>Makes a JPEG that fits into a square. A smaller picture keeps its size.</summary>
    public static byte[] Fit(RgbImage pixels, int side)
    {
        using Image image = ToImage(pixels);
        double scale = Math.Min(1, side / (double)Math.Max(pixels.Width, pixels.Height));
        using Image small = scale < 1 ? image.ThumbnailImage(Math.Max(1, (int)Math.Round(pixels.Width * scale)), Math.Max(1, (int)Math.Round(pixels.Height * scale)), size: Enums.Size.Force) : image.Copy();
        return small.JpegsaveBuffer(q: Quality, optimizeCoding: true, keep: Enums.ForeignKeep.None);
    }

    public static byte[] Encode(RgbImage pixels)
    {
        using Image image = ToImage(pixels);
        return image.JpegsaveBuffer(q: Quality, optimizeCoding: true, keep: Enums.ForeignKeep.None);
    }

    /// <summary>The pixels as an image of libvips. It reads them where they lie: keep them until it is disposed.</summary>
    public static Image ToImage(RgbImage pixels)
    {
        using Image raw = Image.NewFromMemory(pixels.Pixels.ToArray(), pixels.Width, pixels.Height, 3, Enums.BandFormat.Uchar);
        return raw.Copy(interpretation: Enums.Interpretation.Srgb);
    }
}
