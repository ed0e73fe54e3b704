using System.Globalization;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;

namespace ArtSimilarity.Cli.Commands;

/// <summary>What <c>--region</c> means: fractions of the upright image, or its pixels when a number is above 1.</summary>
internal static class RegionOption
{
    /// <param name="text">Four numbers: x, y, width, height.</param>
    /// <param name="decoder">Tells the image's size when the numbers are pixels.</param>
    /// <param name="open">Opens the image in full size, where it is needed; gives <see langword="null"/> where there is none.</param>
    /// <exception cref="UsageException">These are not four numbers, or they reach outside the image.</exception>
    public static async Task<ImageRegion> ParseAsync(string text, NetVipsImageDecoder decoder, Func<ValueTask<ImageSource?>> open)
    {
        double[] numbers = Numbers(text);
        try
        {
            if (!IsPixels(numbers))
            {
                return new ImageRegion(numbers[0], numbers[1], numbers[2], numbers[3]);
            }

            if (!numbers.All(double.IsInteger))
            {
                throw new UsageException($"--region {text}: with a number above 1 these are pixels, which are whole numbers.");
            }

            ImageSource image = await open() ?? throw new UsageException($"--region {text}: pixels need an image, and this work has none; give fractions.");
            using RgbImage upright = decoder.Decode(image);
            if (numbers[0] + numbers[2] > upright.Width || numbers[1] + numbers[3] > upright.Height || numbers.Min() < 0)
            {
                throw new UsageException($"--region {text} reaches outside the image of {upright.Size} pixels.");
            }

            return ImageRegion.FromPixels((int)numbers[0], (int)numbers[1], (int)numbers[2], (int)numbers[3], upright.Size);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new UsageException($"--region {text} is not a rectangle inside the image: x, y, width and height as fractions (0 to 1) or pixels.");
        }
    }

    /// <exception cref="UsageException">These are not four numbers.</exception>
    public static void ThrowUnlessNumbers(string text) => Numbers(text);

    private static bool IsPixels(double[] numbers) => numbers.Any(number => number > 1);

    private static double[] Numbers(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        double[] numbers = new double[parts.Length];
        bool valid = parts.Length == 4;
        for (int i = 0; valid && i < parts.Length; i++)
        {
            valid = double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) && double.IsFinite(numbers[i]);
        }

        return valid ? numbers : throw new UsageException($"--region {text}: expected x,y,width,height, e.g. 0.25,0,0.5,0.5 (fractions) or 120,40,200,200 (pixels).");
    }
}
