using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.Tests;

public unsafe class ScanKernelTests
{
    public static TheoryData<int> Dimensions => [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 80, 127, 511, 512, 513];

    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Products_agree_with_the_plain_loop(int dimensions) => KernelsAgreeWithThePlainLoop<ProductTerm>(dimensions);

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Squared_differences_agree_with_the_plain_loop(int dimensions) => KernelsAgreeWithThePlainLoop<SquaredDifferenceTerm>(dimensions);

    /// <summary>The plain loop is the less accurate of the two: its error grows with the number of terms, each at most 4.</summary>
    private static float Tolerance(int dimensions) => 4e-6f * dimensions;

    private static void KernelsAgreeWithThePlainLoop<TTerm>(int dimensions)
        where TTerm : struct, IScanTerm
    {
        var random = new Random(dimensions);
        float[] numbers = [.. Enumerable.Range(0, 8 * dimensions).Select(_ => (random.NextSingle() * 2) - 1)];
        float[] eight = new float[8];
        fixed (float* n = numbers)
        fixed (float* e = eight)
        {
            int d = dimensions;
            ScanKernel.FourByTwo<TTerm>(n, n + d, n + (2 * d), n + (3 * d), n + (6 * d), n + (7 * d), d, e);
            for (int row = 1; row < 8; row++)
            {
                Assert.Equal(ScanKernel.Plain<TTerm>(n, n + (row * d), d), ScanKernel.One<TTerm>(n, n + (row * d), d), Tolerance(d));
            }

            for (int i = 0; i < 8; i++)
            {
                Assert.Equal(ScanKernel.Plain<TTerm>(n + (i / 2 * d), n + ((6 + (i % 2)) * d), d), eight[i], Tolerance(d));
            }
        }
    }
}
