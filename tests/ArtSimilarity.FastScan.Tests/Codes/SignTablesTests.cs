using ArtSimilarity.FastScan.Searching;
using ArtSimilarity.Searching;
using ArtSimilarity.SignCodes;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Codes;

public unsafe class SignTablesTests
{
    public static TheoryData<int> Bits => [64, 192, 640, 2048, 8192];

    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Theory]
    [MemberData(nameof(Bits))]
    public void Every_entry_is_its_signed_sum_to_half_a_step_and_at_most_31(int bits)
    {
        foreach (float[] query in Queries(bits))
        {
            SignTables tables = Tables(query);
            for (int four = 0; four < bits; four += 4)
            {
                double range = query.Skip(four).Take(4).Sum(q => Math.Abs((double)q));
                for (int entry = 0; entry < 16; entry++)
                {
                    double sum = 0;
                    for (int bit = 0; bit < 4; bit++)
                    {
                        sum += (entry >> bit & 1) == 1 ? query[four + bit] : -query[four + bit];
                    }

                    byte coded = tables.Pointer[(four * 4) + entry];
                    Assert.InRange(coded, 0, 31);
                    Assert.Equal(sum, (coded * (double)tables.Step) - range, 0.5001 * tables.Step);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void The_sum_of_a_code_is_reproduced_within_the_rounding_of_its_entries(int bits)
    {
        var random = new Random(bits);
        byte[] block = new byte[SignBlock.LengthFor(bits)];
        ushort[] sums = new ushort[SignBlock.Rows];
        foreach (float[] query in Queries(bits))
        {
            SignTables tables = Tables(query);
            random.NextBytes(block);
            fixed (byte* codes = block)
            fixed (ushort* to = sums)
            {
                SignBlock.Sum(codes, tables.Pointer, bits, to);
            }

            for (int row = 0; row < SignBlock.Rows; row++)
            {
                double error = (sums[row] * (double)tables.Step) + tables.Offset - SignedSum(query, block, row);
                Assert.InRange(Math.Abs(error), 0, (0.5001 * tables.Step * bits / 4) + 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void The_rounding_is_small_against_the_error_of_a_sign_code(int bits)
    {
        // A rotated query of length 1 is normally distributed; a sum of its numbers with random signs has a deviation of 1,
        // and a sign code tells it to about 0.76 of that.
        var random = new Random(bits);
        byte[] block = new byte[SignBlock.LengthFor(bits)];
        ushort[] sums = new ushort[SignBlock.Rows];
        double squaredErrors = 0;
        const int rounds = 10;
        for (int round = 0; round < rounds; round++)
        {
            float[] query = [.. Enumerable.Range(0, bits).Select(_ =>
                (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()) / Math.Sqrt(bits)))];
            SignTables tables = Tables(query);
            random.NextBytes(block);
            fixed (byte* codes = block)
            fixed (ushort* to = sums)
            {
                SignBlock.Sum(codes, tables.Pointer, bits, to);
            }

            for (int row = 0; row < SignBlock.Rows; row++)
            {
                squaredErrors += Math.Pow((sums[row] * (double)tables.Step) + tables.Offset - SignedSum(query, block, row), 2);
            }
        }

        Assert.InRange(Math.Sqrt(squaredErrors / (rounds * SignBlock.Rows)), 0, 0.1);
    }

    [Fact]
    public void A_query_of_zeros_gives_zero()
    {
        SignTables tables = Tables(new float[128]);
        Assert.Equal((0f, 0f), (tables.Step, tables.Offset));
        Assert.True(new ReadOnlySpan<byte>(tables.Pointer, 128 * 4).IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void Tables_are_set_anew_for_every_query()
    {
        float[][] queries = [.. Queries(192)];
        var used = new SignTables(192);
        foreach (float[] query in queries)
        {
            Set(used, query);
            SignTables fresh = Tables(query);
            Assert.Equal((fresh.Step, fresh.Offset), (used.Step, used.Offset));
            Assert.True(new ReadOnlySpan<byte>(fresh.Pointer, 192 * 4).SequenceEqual(new ReadOnlySpan<byte>(used.Pointer, 192 * 4)));
        }
    }

    /// <summary>Queries of length 1: random, sparse, and with numbers of very different size.</summary>
    private static IEnumerable<float[]> Queries(int bits)
    {
        var random = new Random(bits + 1);
        for (int round = 0; round < 6; round++)
        {
            double[] numbers = [.. Enumerable.Range(0, bits).Select(i => (round % 3) switch
            {
                0 => random.NextDouble() - 0.5,
                1 => i % 5 == 0 ? random.NextDouble() - 0.5 : 0,
                _ => Math.Pow(random.NextDouble() - 0.5, 5),
            })];
            double length = Math.Sqrt(numbers.Sum(x => x * x));
            yield return [.. numbers.Select(x => (float)(x / length))];
        }
    }

    private static double SignedSum(float[] query, byte[] block, int row)
    {
        double sum = 0;
        for (int i = 0; i < query.Length; i++)
        {
            sum += (block[(i / 8 * SignBlock.Rows) + SignBlock.Lane(row)] >> (i % 8) & 1) == 1 ? query[i] : -query[i];
        }

        return sum;
    }

    private static SignTables Tables(float[] query)
    {
        var tables = new SignTables(query.Length);
        Set(tables, query);
        return tables;
    }

    private static void Set(SignTables tables, float[] query)
    {
        fixed (float* numbers = query)
        {
            tables.Set(numbers);
        }
    }
}
