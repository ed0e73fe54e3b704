using System.Numerics;
using ArtSimilarity.ByteCodes;
using ArtSimilarity.FastScan.Codes;
using ArtSimilarity.SignCodes;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Codes;

public unsafe class FixedPointTests
{
    private const int Max = (1 << 23) - 1;

    public static TheoryData<int> Strides => [64, 128, 192, 448, 512, 576, 1024, 2048, 8192, 65_536, 1 << 20];

    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(512)]
    public void Decoding_gives_each_number_to_half_a_step(int dimensions)
    {
        var random = new Random(dimensions);
        foreach (double scale in new[] { 1, 1e-30, 3e17, 1e-42 })
        {
            float[] vector = [.. Enumerable.Range(0, dimensions).Select(_ => (float)((random.NextDouble() - 0.5) * scale))];
            (sbyte[] upper, ushort[] lower, double inverseLength) = Encode(vector);
            double step = vector.Max(Math.Abs) / (double)Max;
            BigInteger squares = 0;
            float[] decoded = Decode(upper, lower, dimensions);
            for (int i = 0; i < dimensions; i++)
            {
                Assert.Equal(Math.Round(decoded[i]), decoded[i]);
                Assert.InRange(decoded[i], -Max, Max);
                Assert.Equal(vector[i], decoded[i] * step, 0.500001 * step);
                squares += new BigInteger(decoded[i]) * new BigInteger(decoded[i]);
            }

            Assert.Equal(Max, decoded.Max(Math.Abs));
            Assert.Equal(1 / Math.Sqrt((double)squares), inverseLength, 1e-14 * inverseLength);
            Assert.All(upper[dimensions..], number => Assert.Equal(0, number));
            Assert.All(lower[dimensions..], number => Assert.Equal(0, number));
        }
    }

    [Fact]
    public void Integers_of_24_bits_are_held_exactly()
    {
        float[] vector = [Max, -Max, 0, 1, -1, 65535, 65536, -65535, -65536, -65537, 32767, 32768, -32768, Max - 1, 1 - Max];
        (sbyte[] upper, ushort[] lower, _) = Encode(vector);
        Assert.Equal(vector, Decode(upper, lower, vector.Length));
    }

    [Fact]
    public void A_zero_vector_is_zeros()
    {
        (sbyte[] upper, ushort[] lower, double inverseLength) = Encode(new float[70]);
        Assert.Equal(0, inverseLength);
        Assert.Equal(new sbyte[128], upper);
        Assert.Equal(new ushort[128], lower);
    }

    [Theory]
    [MemberData(nameof(Strides))]
    public void The_product_of_upper_parts_is_that_of_the_plain_loop(int stride)
    {
        var random = new Random(stride);
        int limit = FixedPoint.QueryLimit(stride);
        sbyte[] upper = new sbyte[stride];
        short[] query = new short[stride];
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < stride; i++)
            {
                upper[i] = (sbyte)random.Next(sbyte.MinValue, sbyte.MaxValue + 1);
                query[i] = (short)random.Next(-limit, limit + 1);
            }

            AssertDot(upper, query);
        }
    }

    [Theory]
    [MemberData(nameof(Strides))]
    public void The_product_of_upper_parts_never_overflows(int stride)
    {
        int limit = FixedPoint.QueryLimit(stride);
        Assert.InRange(limit, 1, short.MaxValue);
        foreach (sbyte number in new[] { sbyte.MinValue, sbyte.MaxValue })
        {
            foreach (int factor in new[] { limit, -limit })
            {
                sbyte[] upper = new sbyte[stride];
                short[] query = new short[stride];
                Array.Fill(upper, number);
                Array.Fill(query, (short)factor);
                AssertDot(upper, query);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Strides))]
    public void The_product_of_whole_numbers_is_exact_as_long_as_double_precision_holds_it(int stride)
    {
        // Every partial sum stays below 2⁵³: 2²³ · bound · stride.
        var random = new Random(stride);
        int bound = (int)Math.Min(Max, (1L << 29) / stride);
        float[] query = [.. Enumerable.Range(0, stride).Select(_ => (float)random.Next(-bound, bound + 1))];
        (sbyte[] upper, ushort[] lower) = RandomRow(random, stride);
        long expected = 0;
        for (int i = 0; i < stride; i++)
        {
            expected += ((65536L * upper[i]) + lower[i]) * (long)query[i];
        }

        Assert.Equal(expected, Dot(upper, lower, query));

        // The extremes, of one sign.
        Array.Fill(upper, sbyte.MinValue);
        Array.Fill(lower, (ushort)1);
        Array.Fill(query, -bound);
        Assert.Equal((double)Max * bound * stride, Dot(upper, lower, query));
    }

    [Theory]
    [MemberData(nameof(Strides))]
    public void The_product_of_whole_numbers_and_any_query_is_right_to_double_precision(int stride)
    {
        var random = new Random(stride + 1);
        float[] query = [.. Enumerable.Range(0, stride).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-20, 3))))];
        (sbyte[] upper, ushort[] lower) = RandomRow(random, stride);

        // In units of 2⁻⁷⁰ every number of the query is an integer.
        BigInteger exact = 0;
        double absolute = 0;
        for (int i = 0; i < stride; i++)
        {
            double value = (65536 * upper[i]) + lower[i];
            exact += new BigInteger(value) * new BigInteger(Math.ScaleB((double)query[i], 70));
            absolute += Math.Abs(value * query[i]);
        }

        double bound = stride * Math.ScaleB(1, -53) * absolute;
        Assert.Equal(Math.ScaleB((double)exact, -70), Dot(upper, lower, query), bound);
    }

    private static (sbyte[] Upper, ushort[] Lower) RandomRow(Random random, int stride)
    {
        sbyte[] upper = new sbyte[stride];
        ushort[] lower = new ushort[stride];
        for (int i = 0; i < stride; i++)
        {
            int value = random.Next(-Max, Max + 1);
            (upper[i], lower[i]) = ((sbyte)(value >> 16), (ushort)(value & 0xFFFF));
        }

        return (upper, lower);
    }

    private static void AssertDot(sbyte[] upper, short[] query)
    {
        long expected = 0;
        for (int i = 0; i < upper.Length; i++)
        {
            expected += upper[i] * query[i];
        }

        fixed (sbyte* numbers = upper)
        fixed (short* factors = query)
        {
            Assert.Equal(expected, ByteRows.Dot(numbers, factors, upper.Length));
            Assert.Equal(expected, ByteRows.DotScalar(numbers, factors, upper.Length));
        }
    }

    private static double Dot(sbyte[] upper, ushort[] lower, float[] query)
    {
        fixed (sbyte* high = upper)
        fixed (ushort* low = lower)
        fixed (double* factors = Array.ConvertAll(query, number => (double)number))
        {
            return FixedPoint.Dot(high, low, factors, upper.Length);
        }
    }

    private static (sbyte[] Upper, ushort[] Lower, double InverseLength) Encode(float[] vector)
    {
        // What lay there before is overwritten.
        sbyte[] upper = new sbyte[ByteRows.StrideOf(vector.Length)];
        ushort[] lower = new ushort[upper.Length];
        Array.Fill(upper, (sbyte)77);
        Array.Fill(lower, (ushort)7777);
        fixed (float* numbers = vector)
        fixed (sbyte* high = upper)
        fixed (ushort* low = lower)
        {
            return (upper, lower, FixedPoint.Encode(numbers, vector.Length, high, low));
        }
    }

    private static float[] Decode(sbyte[] upper, ushort[] lower, int dimensions)
    {
        float[] decoded = new float[dimensions];
        fixed (sbyte* high = upper)
        fixed (ushort* low = lower)
        {
            FixedPoint.Decode(high, low, dimensions, decoded);
        }

        return decoded;
    }
}
