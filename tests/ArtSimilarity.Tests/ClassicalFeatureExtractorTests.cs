using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Tests;

public class ClassicalFeatureExtractorTests
{
    private const int Colors = 256, Textures = 236;
    private readonly ClassicalFeatureExtractor _extractor = new();

    [Fact]
    public void A_red_field_is_one_colour_one_texture_and_no_edge()
    {
        float[] signature = Extract((_, _) => (255, 0, 0));
        // Hue bin 0, highest saturation, highest value; every pixel of a flat field equals its neighbours: pattern 255, the 58th uniform one.
        float part = 1 / MathF.Sqrt(2);
        Assert.Equal(part, signature[(0 * 4 * 4) + (3 * 4) + 3], 1e-5f);
        for (int cell = 0; cell < 4; cell++)
        {
            Assert.Equal(part / 2, signature[Colors + (cell * 59) + 57], 1e-2f); // the cells differ by the border left out
        }

        Assert.All(signature[(Colors + Textures)..], value => Assert.Equal(0, value));
        Assert.Equal(5, signature.Count(value => value > 0));
    }

    [Theory]
    [InlineData(0, 255, 0, 5)] // 120° of 16 bins of 22.5°
    [InlineData(0, 0, 255, 10)] // 240°
    [InlineData(255, 0, 1, 15)] // just below 360°
    [InlineData(255, 255, 0, 2)] // 60°
    public void Hues_fall_into_their_bins(byte r, byte g, byte b, int bin) =>
        Assert.True(Extract((_, _) => (r, g, b))[(bin * 16) + (3 * 4) + 3] > 0.5f);

    [Theory]
    [InlineData(true, 0)] // brightness grows to the right: gradient at 0°
    [InlineData(false, 4)] // brightness grows downwards: 90° of 8 bins of 22.5°
    public void Ramps_have_the_orientation_of_their_gradient(bool horizontal, int orientation)
    {
        float[] signature = Extract((x, y) => ((byte)(horizontal ? x : y), (byte)(horizontal ? x : y), (byte)(horizontal ? x : y)));
        for (int cell = 0; cell < 16; cell++)
        {
            float[] bins = signature.AsSpan(Colors + Textures + (cell * 8), 8).ToArray();
            Assert.Equal(orientation, Array.IndexOf(bins, bins.Max()));
            Assert.Equal(1, bins.Count(value => value > 0));
        }
    }

    [Fact]
    public void Signatures_have_length_one_and_do_not_depend_on_the_batch()
    {
        RgbImage[] images = [.. Enumerable.Range(0, 5).Select(seed => Paint(new Random(seed)))];
        float[] together = new float[5 * _extractor.Space.Dimensions];
        _extractor.Extract(images, together, TestContext.Current.CancellationToken);
        for (int i = 0; i < 5; i++)
        {
            float[] alone = new float[_extractor.Space.Dimensions];
            _extractor.Extract([images[i]], alone, TestContext.Current.CancellationToken);
            Assert.Equal(alone, together.AsSpan(i * alone.Length, alone.Length).ToArray());
            Assert.Equal(1, alone.Sum(value => (double)value * value), 1e-5);
            images[i].Dispose();
        }
    }

    [Fact]
    public void A_wrong_length_is_refused()
    {
        using var image = new RgbImage(3, 3);
        Assert.Throws<ArgumentException>(() => _extractor.Extract([image], new float[5], TestContext.Current.CancellationToken));
    }

    private static RgbImage Paint(Random random)
    {
        var image = new RgbImage(100, 70);
        random.NextBytes(image.Pixels);
        return image;
    }

    private float[] Extract(Func<int, int, (byte R, byte G, byte B)> color)
    {
        using var image = new RgbImage(256, 256);
        for (int y = 0; y < 256; y++)
        {
            for (int x = 0; x < 256; x++)
            {
                (image.Pixels[3 * ((y * 256) + x)], image.Pixels[(3 * ((y * 256) + x)) + 1], image.Pixels[(3 * ((y * 256) + x)) + 2]) = color(x, y);
            }
        }

        float[] signature = new float[_extractor.Space.Dimensions];
        _extractor.Extract([image], signature, TestContext.Current.CancellationToken);
        return signature;
    }
}
