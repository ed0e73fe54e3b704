using ArtSimilarity.Imaging;

namespace ArtSimilarity.Tests.Recognition;

/// <summary>Painted pictures, and photographs of them.</summary>
internal static class Scenes
{
    /// <summary>Rectangles and discs of many colours; another seed gives another picture.</summary>
    public static RgbImage Painting(int seed, int width = 320, int height = 240)
    {
        var random = new Random(seed);
        var image = new RgbImage(width, height);
        image.Pixels.Fill((byte)(60 + (seed % 5 * 30)));
        for (int shape = 0; shape < 90; shape++)
        {
            int cx = random.Next(width), cy = random.Next(height), rx = random.Next(4, 30), ry = random.Next(4, 30);
            bool isDisc = random.Next(2) == 0;
            byte[] colour = [(byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)];
            for (int y = Math.Max(0, cy - ry); y < Math.Min(height, cy + ry); y++)
            {
                for (int x = Math.Max(0, cx - rx); x < Math.Min(width, cx + rx); x++)
                {
                    double dx = (x - cx) / (double)rx, dy = (y - cy) / (double)ry;
                    if (!isDisc || (dx * dx) + (dy * dy) <= 1)
                    {
                        colour.CopyTo(image.Pixels.Slice(3 * ((y * width) + x), 3));
                    }
                }
            }
        }

        return image;
    }

    /// <summary>A grey wall with the painting at an outline, dimmed to a share of its light.</summary>
    public static RgbImage Photo(RgbImage painting, Quadrilateral outline, double light = 0.8, int width = 640, int height = 480)
    {
        PerspectiveTransform back = PerspectiveTransform.FromUnitSquare(outline).Inverse();
        var photo = new RgbImage(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                ImagePoint at = back.Map(new ImagePoint((x + 0.5) / width, (y + 0.5) / height));
                Span<byte> pixel = photo.Pixels.Slice(3 * ((y * width) + x), 3);
                if (at.X is >= 0 and < 1 && at.Y is >= 0 and < 1)
                {
                    Span<byte> source = painting.Pixels.Slice(3 * (((int)(at.Y * painting.Height) * painting.Width) + (int)(at.X * painting.Width)), 3);
                    for (int c = 0; c < 3; c++)
                    {
                        pixel[c] = (byte)(source[c] * light);
                    }
                }
                else
                {
                    pixel.Fill((byte)(205 + ((x + y) % 3)));
                }
            }
        }

        return photo;
    }

    public static Quadrilateral Aside { get; } = new(new(0.22, 0.2), new(0.8, 0.27), new(0.79, 0.76), new(0.2, 0.85));
}
