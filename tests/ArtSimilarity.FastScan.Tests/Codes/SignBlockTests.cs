using ArtSimilarity.FastScan.Searching;
using ArtSimilarity.Searching;
using ArtSimilarity.SignCodes;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Codes;

public unsafe class SignBlockTests
{
    private const int LargestEntry = 31;

    public static TheoryData<int> Bits => [64, 128, 192, 320, 512, 640, 1280, 2048, 4160, 8192];

    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Theory]
    [MemberData(nameof(Bits))]
    public void Sums_of_random_codes_are_those_of_their_table_entries(int bits)
    {
        var random = new Random(bits);
        for (int round = 0; round < 5; round++)
        {
            AssertSums(bits, () => random.Next(2) == 1, () => random.Next(LargestEntry + 1));
        }
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void The_largest_sums_fit(int bits)
    {
        AssertSums(bits, () => true, () => LargestEntry);
        AssertSums(bits, () => false, () => LargestEntry);
        AssertSums(bits, () => true, () => 0);
    }

    [Theory]
    [MemberData(nameof(Bits))]
    public void A_bit_counts_for_its_row_only(int bits)
    {
        // One bit of one row is set; its table's entry is the only one that is not 0.
        var random = new Random(bits);
        byte[] block = new byte[SignBlock.LengthFor(bits)], tables = new byte[bits * 4];
        ushort[] sums = new ushort[SignBlock.Rows];
        foreach (int row in new[] { 0, 1, 31, 32, 33, 62, 63 })
        {
            int bit = random.Next(bits);
            Array.Clear(block);
            Array.Clear(tables);
            block[(64 * (bit / 8)) + (row < 32 ? 2 * row : (2 * row) - 63)] = (byte)(1 << (bit % 8));
            tables[(16 * (bit / 4)) + (1 << (bit % 4))] = 19;
            fixed (byte* codes = block, entries = tables)
            fixed (ushort* to = sums)
            {
                SignBlock.Sum(codes, entries, bits, to);
            }

            Assert.Equal(Enumerable.Range(0, 64).Select(r => (ushort)(r == row ? 19 : 0)), sums);
        }
    }

    private static void AssertSums(int bits, Func<bool> nextBit, Func<int> nextEntry)
    {
        byte[] block = new byte[SignBlock.LengthFor(bits)], tables = new byte[bits / 4 * 16];
        ushort[] sums = new ushort[SignBlock.Rows], scalarSums = new ushort[SignBlock.Rows];
        int[] expected = new int[SignBlock.Rows];
        for (int i = 0; i < tables.Length; i++)
        {
            tables[i] = (byte)nextEntry();
        }

        for (int row = 0; row < SignBlock.Rows; row++)
        {
            for (int four = 0; four < bits; four += 4)
            {
                int entry = 0;
                for (int bit = four; bit < four + 4; bit++)
                {
                    if (nextBit())
                    {
                        entry |= 1 << (bit - four);
                        block[(bit / 8 * SignBlock.Rows) + SignBlock.Lane(row)] |= (byte)(1 << (bit % 8));
                    }
                }

                expected[row] += tables[(four * 4) + entry];
            }
        }

        fixed (byte* codes = block, entries = tables)
        fixed (ushort* to = sums, scalarTo = scalarSums)
        {
            SignBlock.Sum(codes, entries, bits, to);
            SignBlock.SumScalar(codes, entries, bits, scalarTo);
        }

        Assert.Equal(expected, sums.Select(sum => (int)sum));
        Assert.Equal(sums, scalarSums);
    }
}
