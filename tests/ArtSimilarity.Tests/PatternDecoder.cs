using System.Text;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Tests;

/// <summary>Decodes the text "pattern:SEED" into a picture of coloured stripes; anything else is a corrupt image.</summary>
internal sealed class PatternDecoder : IImageDecoder
{
    public static ImageSource Source(int seed) => ImageSource.FromBytes(Encoding.ASCII.GetBytes($"pattern:{seed}"), $"{seed}.pattern");

    public ValueTask<RgbImage> DecodeAsync(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default) =>
        new(Decode(source, minimumSize, region, cancellationToken));

    public static RgbImage Decode(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string text = Encoding.ASCII.GetString(source.ReadBytes().Span);
        if (!text.StartsWith("pattern:", StringComparison.Ordinal))
        {
            throw new ImageDecodeException(source.Name, ImageDecodeError.UnsupportedFormat, "not a pattern");
        }

        var random = new Random(int.Parse(text.AsSpan(8), System.Globalization.CultureInfo.InvariantCulture));
        var image = new RgbImage(64, 48);
        byte[] left = [(byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)];
        byte[] right = [(byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)];
        int period = random.Next(3, 12);
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            int x = i / 3 % 64;
            image.Pixels[i] = (x < 32 ? left : right)[i % 3];
            image.Pixels[i] += (byte)((x / period % 2 == 0) ? 20 : 0);
        }

        if (region is null)
        {
            return image;
        }

        using (image)
        {
            return image.Crop(region.Value);
        }
    }
}
