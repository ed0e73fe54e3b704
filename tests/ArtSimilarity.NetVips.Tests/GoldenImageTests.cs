using System.Text.Json;
using ArtSimilarity.Imaging;
using ArtSimilarity.SyntheticImages;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

/// <summary>
/// Real files against what Pillow makes of them (Goldens/make-goldens.py). At full size the two decoders must agree on the mean
/// colour of every cell of a 16×16 grid to 0.5 of 255. Shrunk to cover 256×256, where the cells' borders fall between
/// pixels, to 1 on average and 8 in any cell.
/// </summary>
public sealed class GoldenImageTests
{
    private const int Grid = 16;
    private static readonly Dictionary<string, GoldenImage> Goldens = Load();

    public static TheoryData<string> Files => [.. Goldens.Keys];

    [Fact]
    public void Every_shared_format_has_a_golden() =>
        Assert.All(
            Directory.EnumerateFiles(SharedData.Require("images/formats")),
            file => Assert.Contains("formats/" + Path.GetFileName(file), Goldens.Keys));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_decodes_to_the_size_and_colours_of_an_independent_decoder(string file)
    {
        GoldenImage golden = Goldens[file];
        using RgbImage image = new NetVipsImageDecoder().Open(ImageSource.FromFile(SharedData.Require("images/" + file)));

        Assert.Equal(new ImageSize(golden.Width, golden.Height), image.Size);
        Assert.InRange(Differences(image, golden).Max(), 0, 0.5);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_shrunk_file_shows_the_same_picture_just_covering_the_minimum(string file)
    {
        GoldenImage golden = Goldens[file];
        using RgbImage image = new NetVipsImageDecoder().Open(ImageSource.FromFile(SharedData.Require("images/" + file)), new ImageSize(256, 256));

        Assert.Equal(256, Math.Min(image.Width, image.Height));
        Assert.Equal((double)golden.Width / golden.Height, (double)image.Width / image.Height, 0.005);
        double[] differences = Differences(image, golden);
        Assert.InRange(differences.Average(), 0, 1);
        Assert.InRange(differences.Max(), 0, 8);
    }

    private static double[] Differences(RgbImage image, GoldenImage golden)
    {
        double[] differences = new double[golden.Cells.Length];
        ReadOnlySpan<byte> pixels = image.Pixels;
        for (int i = 0; i < differences.Length; i++)
        {
            int channel = i % 3;
            int column = i / 3 % Grid;
            int row = i / 3 / Grid;
            int left = column * image.Width / Grid;
            int right = (column + 1) * image.Width / Grid;
            int top = row * image.Height / Grid;
            int bottom = (row + 1) * image.Height / Grid;
            long sum = 0;
            for (int y = top; y < bottom; y++)
            {
                for (int x = left; x < right; x++)
                {
                    sum += pixels[(3 * ((y * image.Width) + x)) + channel];
                }
            }

            differences[i] = Math.Abs(((double)sum / ((right - left) * (bottom - top))) - golden.Cells[i]);
        }

        return differences;
    }

    private static Dictionary<string, GoldenImage> Load() =>
        JsonSerializer.Deserialize<Dictionary<string, GoldenImage>>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Goldens", "goldens.json")),
            JsonSerializerOptions.Web)!;

    private sealed record GoldenImage(int Width, int Height, double[] Cells);
}
