using ArtSimilarity.Imaging;
using NetVips;

namespace ArtSimilarity.Wild;

/// <summary>Makes a query of a painting: what somebody might hold in their hands instead of the reproduction in the gallery.</summary>
internal static class Distortions
{
    /// <summary>Makes one.</summary>
    /// <param name="kind">A name of the list in the results.</param>
    /// <param name="painting">The reproduction.</param>
    /// <param name="seed">Draws where and how much.</param>
    /// <returns>The query as a JPEG file, and where the whole painting lies in it, where it lies inside.</returns>
    public static (byte[] Jpeg, Quadrilateral? Truth) Make(string kind, RgbImage painting, int seed)
    {
        var random = new Random((7919 * seed) + kind.Length);
        switch (kind)
        {
            case "photo-mild":
            case "photo-strong":
                PhotoStrength strength = kind == "photo-mild" ? PhotoStrength.Mild : PhotoStrength.Strong;
                (RgbImage photo, Quadrilateral outline) = PhotoScene.Draw(painting, strength, random.Next());
                return (Compress(photo, (int)PhotoScene.Range(random, strength.Quality)), outline);
            case "detail-quarter":
                return (CutOut(painting, Anywhere(0.5, random)), null);
            case "detail-ninth":
                return (CutOut(painting, Anywhere(1 / 3.0, random)), null);
            case "grey":
                return (Compress(Recolour(painting, (r, g, b) => Grey(r, g, b)), 88), null);
            case "faded":
                double strengthOfFading = PhotoScene.Range(random, (0.4, 0.8));
                return (Compress(Recolour(painting, (r, g, b) => Fade(r, g, b, strengthOfFading)), 85), null);
            case "mirrored":
                return (Compress(Mirror(painting), 90), null);
            default:
                throw new ArgumentException($"Unknown kind of query: '{kind}'.", nameof(kind));
        }
    }

    /// <summary>A part of a painting as a JPEG file, in the painting's own resolution.</summary>
    public static byte[] CutOut(RgbImage painting, ImageRegion region) => Compress(painting.Crop(region), 90);

    /// <summary>A window of a part of each side.</summary>
    public static ImageRegion Anywhere(double side, Random random) => new(random.NextDouble() * (1 - side), random.NextDouble() * (1 - side), side, side);

    private static byte[] Compress(RgbImage image, int quality)
    {
        using (image)
        {
            using Image vips = Image.NewFromMemory(image.Pixels.ToArray(), image.Width, image.Height, 3, Enums.BandFormat.Uchar);
            return vips.JpegsaveBuffer(quality);
        }
    }

    private static RgbImage Recolour(RgbImage painting, Func<double, double, double, (double R, double G, double B)> change)
    {
        var result = new RgbImage(painting.Width, painting.Height);
        Span<byte> from = painting.Pixels, to = result.Pixels;
        for (int p = 0; p < from.Length; p += 3)
        {
            (double r, double g, double b) = change(from[p], from[p + 1], from[p + 2]);
            to[p] = (byte)Math.Clamp(r + 0.5, 0, 255);
            to[p + 1] = (byte)Math.Clamp(g + 0.5, 0, 255);
            to[p + 2] = (byte)Math.Clamp(b + 0.5, 0, 255);
        }

        return result;
    }

    private static (double R, double G, double B) Grey(double r, double g, double b)
    {
        double luma = (0.299 * r) + (0.587 * g) + (0.114 * b);
        return (luma, luma, luma);
    }

    /// <summary>An old print: colours towards a yellowish grey, blacks lifted, whites dulled.</summary>
    private static (double R, double G, double B) Fade(double r, double g, double b, double strength)
    {
        double luma = (0.299 * r) + (0.587 * g) + (0.114 * b);
        return (Faded(r, 1.04), Faded(g, 0.98), Faded(b, 0.82));

        double Faded(double value, double tint) => (40 * strength) + ((1 - (0.35 * strength)) * tint * (value + (strength * (luma - value))));
    }

    private static RgbImage Mirror(RgbImage painting)
    {
        var result = new RgbImage(painting.Width, painting.Height);
        for (int y = 0; y < painting.Height; y++)
        {
            for (int x = 0; x < painting.Width; x++)
            {
                painting.Pixels.Slice(3 * ((y * painting.Width) + painting.Width - 1 - x), 3).CopyTo(result.Pixels[(3 * ((y * painting.Width) + x))..]);
            }
        }

        return result;
    }
}
