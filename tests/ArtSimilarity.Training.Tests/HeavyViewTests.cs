using ArtSimilarity.Onnx;
using ArtSimilarity.Training.Data;
using Xunit;

namespace ArtSimilarity.Training.Tests;

public class HeavyViewTests
{
    private const int Side = 64;

    private static readonly ImagePreprocessing Plain = new() { Mean = default, Std = new ChannelValues(1, 1, 1), Scale = 1 };

    public static TheoryData<string> Kinds => [.. Enum.GetNames<ViewKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_view_is_decided_by_its_seed_and_stays_a_picture(string kind)
    {
        byte[] pixels = Picture();
        var sampler = new HeavyViewSampler(new HeavyViews(), Plain, Enum.Parse<ViewKind>(kind));
        HashSet<float> sums = [];
        for (int seed = 0; seed < 30; seed++)
        {
            int side = seed % 2 == 0 ? 48 : 41; // 41 is no multiple of a block
            float[] drawn = new float[3 * side * side], again = new float[drawn.Length];
            Array.Fill(again, float.NaN);
            sampler.Draw(pixels, Side, drawn, side, new Random(seed));
            sampler.Draw(pixels, Side, again, side, new Random(seed));
            Assert.Equal(drawn, again);
            Assert.All(drawn, value => Assert.InRange(value, 0, 255));
            Assert.True(drawn.Max() - drawn.Min() > 20, $"seed {seed}: {drawn.Min()} to {drawn.Max()}");
            sums.Add(drawn.Sum());
        }

        Assert.Equal(30, sums.Count);
    }

    [Fact]
    public void Every_kind_is_drawn_as_often_as_its_weight_says()
    {
        var views = new HeavyViews { Photograph = 2, Detail = 1, Grey = 0, Faded = 0, Mirrored = 1, Digitisation = 0 };
        ViewKind[] drawn = [.. Enumerable.Range(0, 1000).Select(i => views.Choose(i / 1000.0))];
        Assert.Equal([(ViewKind.Photograph, 500), (ViewKind.Detail, 250), (ViewKind.Mirrored, 250)], drawn.GroupBy(kind => kind).OrderBy(group => group.Key).Select(group => (group.Key, group.Count())));
    }

    [Fact]
    public void A_grey_view_has_no_colours_and_a_mirrored_one_is_mirrored()
    {
        byte[] pixels = Picture(), brighter = new byte[pixels.Length];
        float[] drawn = new float[3 * 48 * 48];
        var grey = new HeavyViewSampler(new HeavyViews(), Plain, ViewKind.Grey);
        for (int seed = 0; seed < 10; seed++)
        {
            grey.Draw(pixels, Side, drawn, 48, new Random(seed));
            Assert.All(drawn.Chunk(3), color => Assert.InRange(color.Max() - color.Min(), 0, 2));
        }

        for (int i = 0; i < brighter.Length; i++)
        {
            brighter[i] = (byte)(i / 3 % Side * 3); // brighter to the right
        }

        new HeavyViewSampler(new HeavyViews(), Plain, ViewKind.Mirrored).Draw(brighter, Side, drawn, 48, new Random(1));
        Assert.True(drawn[0] > drawn[3 * 47] + 50);
    }

    [Fact]
    public void The_painting_lies_in_its_photograph_straight_where_nothing_turns_it()
    {
        // Without strength the camera looks straight at it: green at the upper left, red at the lower right.
        byte[] pixels = new byte[3 * Side * Side];
        for (int i = 0; i < pixels.Length; i += 3)
        {
            int x = i / 3 % Side, y = i / 3 / Side;
            pixels[i + ((x + y) < Side ? 1 : 0)] = 250;
        }

        var sampler = new HeavyViewSampler(new HeavyViews { Strength = 0, SmallestFill = 0.9 }, Plain, ViewKind.Photograph);
        for (int seed = 0; seed < 20; seed++)
        {
            float[] drawn = new float[3 * 96 * 96];
            sampler.Draw(pixels, Side, drawn, 96, new Random(seed));
            (double green, double red) = (0, 0);
            for (int row = 0; row < 96; row++)
            {
                for (int column = 0; column < 96; column++)
                {
                    int at = 3 * ((row * 96) + column);
                    float lead = drawn[at + 1] - drawn[at];
                    green += lead > 150 ? row + column : 0;
                    red += lead < -150 ? row + column : 0;
                }
            }

            // A sixteenth of the views comes without colours.
            Assert.True(red + green == 0 || red > green, $"seed {seed}: {green} and {red}");
        }
    }

    [Theory]
    [InlineData(95, 5)]
    [InlineData(40, 12)]
    public void Compression_loses_little_of_a_smooth_picture(int quality, double most)
    {
        float[] colors = new float[3 * 40 * 40];
        for (int i = 0; i < colors.Length; i++)
        {
            colors[i] = (float)(128 + (90 * Math.Sin((i / 3 % 40 * 0.11) + (i / 120 * 0.07) + (i % 3))));
        }

        float[] compressed = [.. colors];
        BlockCompression.Apply(compressed, 40, quality);
        double error = Math.Sqrt(colors.Zip(compressed, (a, b) => (a - b) * (double)(a - b)).Average());
        Assert.InRange(error, 0.01, most);
    }

    [Fact]
    public void Blue_comes_first_where_the_model_wants_it()
    {
        byte[] pixels = Picture();
        float[] rgb = new float[3 * 48 * 48], bgr = new float[rgb.Length], plain = new float[rgb.Length], turned = new float[rgb.Length];
        ImagePreprocessing other = Plain with { ChannelOrder = ChannelOrder.Bgr };
        new HeavyViewSampler(new HeavyViews(), Plain).Draw(pixels, Side, rgb, 48, new Random(2));
        new HeavyViewSampler(new HeavyViews(), other).Draw(pixels, Side, bgr, 48, new Random(2));
        new PictureSampler(new Augmentation(), Plain).Draw(pixels, Side, plain, 48, new Random(2));
        new PictureSampler(new Augmentation(), other).Draw(pixels, Side, turned, 48, new Random(2));
        for (int i = 0; i < rgb.Length; i += 3)
        {
            Assert.Equal((rgb[i], rgb[i + 1], rgb[i + 2]), (bgr[i + 2], bgr[i + 1], bgr[i]));
            Assert.Equal((plain[i], plain[i + 1], plain[i + 2]), (turned[i + 2], turned[i + 1], turned[i]));
        }
    }

    private static byte[] Picture()
    {
        byte[] pixels = new byte[3 * Side * Side];
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i / 3 % Side, y = i / 3 / Side;
            pixels[i] = (byte)(128 + (100 * Math.Sin((x * 0.2) + (y * 0.1 * (i % 3)))));
        }

        return pixels;
    }
}
