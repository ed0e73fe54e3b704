using ArtSimilarity.Imaging;
using NetVips;
using Xunit;

namespace ArtSimilarity.SyntheticImages;

/// <summary>Images encoded with libvips for the tests.</summary>
internal static class TestImages
{
    /// <summary>Decodes until the test is cancelled, and waits for it.</summary>
    public static RgbImage Open(this IImageDecoder decoder, ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null) =>
        decoder.DecodeAsync(source, minimumSize, region, TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult();

    /// <summary>An image whose quarters are red, green (right), blue (below) and yellow (right and below).</summary>
    public static Image Quarters(int width, int height)
    {
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool right = x >= width / 2;
                bool below = y >= height / 2;
                pixels[at++] = right == below ? (byte)255 : (byte)0;
                pixels[at++] = right ? (byte)255 : (byte)0;
                pixels[at++] = below && !right ? (byte)255 : (byte)0;
            }
        }

        using Image raw = Image.NewFromMemoryCopy<byte>(pixels, width, height, 3, Enums.BandFormat.Uchar);
        return raw.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    public static Image Solid(int width, int height, params double[] colour)
    {
        using Image black = Image.Black(width, height, bands: colour.Length);
        using Image filled = black.NewFromImage(colour);
        return filled.Copy(interpretation: colour.Length < 3 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
    }

    /// <summary>A colour of 16 bits a channel.</summary>
    public static Image Solid16(int width, int height, params double[] colour)
    {
        using Image black = Image.Black(width, height, bands: colour.Length);
        using Image wide = black.Cast(Enums.BandFormat.Ushort);
        using Image filled = wide.NewFromImage(colour);
        return filled.Copy(interpretation: colour.Length < 3 ? Enums.Interpretation.Grey16 : Enums.Interpretation.Rgb16);
    }

    public static byte[] Gif(int width, int height)
    {
        using Image image = Solid(width, height, 200, 30, 40);
        return image.GifsaveBuffer();
    }
}
