using ArtSimilarity.FastScan.Tests.Files;
using ArtSimilarity.SignCodes;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Codes;

/// <summary>That a rotation is the one of docs/file-format.md is held by <see cref="IndexFileFormatTests"/>.</summary>
public unsafe class RotationTests
{
    public static TheoryData<int> Strides => [64, 128, 192, 256, 320, 640, 1280, 2048];

    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Theory]
    [MemberData(nameof(Strides))]
    public void Lengths_and_dot_products_stay_as_they_were(int stride)
    {
        var rotation = new Rotation(stride, seed: 5);
        int width = rotation.Width;
        var random = new Random(width);
        float[] first = Unit(random, width), axis = new float[width];
        axis[width - 1] = 1;
        foreach (float[] second in new[] { Unit(random, width), axis, [.. first.Select(x => -x)] })
        {
            float[] x = Apply(rotation, first), y = Apply(rotation, second);
            Assert.Equal(1, Dot(x, x), 1e-5);
            Assert.Equal(1, Dot(y, y), 1e-5);
            Assert.Equal(Dot(first, second), Dot(x, y), 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Strides))]
    public void What_one_number_holds_is_spread_over_all(int stride)
    {
        var rotation = new Rotation(stride, seed: 5);
        int width = rotation.Width;
        foreach (int at in new[] { 0, 1, width / 2, width - 1 })
        {
            float[] axis = new float[width];
            axis[at] = 1;
            float[] rotated = Apply(rotation, axis);
            Assert.InRange(rotated.Max(Math.Abs), 1 / Math.Sqrt(width), 8 / Math.Sqrt(width));
            Assert.InRange(rotated.Sum(Math.Abs), 0.4 * Math.Sqrt(width), Math.Sqrt(width));
        }
    }

    [Theory]
    [MemberData(nameof(Strides))]
    public void The_seed_alone_decides(int stride)
    {
        int width = Rotation.WidthFor(stride);
        float[] vector = Unit(new Random(width), width);
        float[] rotated = Apply(new Rotation(stride, seed: long.MinValue), vector);
        Assert.Equal(rotated, Apply(new Rotation(stride, seed: long.MinValue), vector));
        Assert.NotEqual(rotated, Apply(new Rotation(stride, seed: long.MaxValue), vector));
        Assert.Equal(new float[width], Apply(new Rotation(stride, seed: 1), new float[width]).Select(Math.Abs));
    }

    private static float[] Apply(Rotation rotation, float[] vector)
    {
        float[] rotated = [.. vector];
        fixed (float* numbers = rotated)
        {
            rotation.Apply(numbers);
        }

        return rotated;
    }

    private static float[] Unit(Random random, int width)
    {
        double[] numbers = [.. Enumerable.Range(0, width).Select(_ => random.NextDouble() - 0.5)];
        double length = Math.Sqrt(numbers.Sum(x => x * x));
        return [.. numbers.Select(x => (float)(x / length))];
    }

    private static double Dot(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();
}
