using ArtSimilarity.FastScan.Tests.Building;
using ArtSimilarity.FastScan.Tests.Codes;
using ArtSimilarity.FastScan.Tests.Files;
using ArtSimilarity.FastScan.Tests.Searching;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.FastScan.Tests;

public class InstructionSetTests
{
    private static readonly Type[] Classes =
    [
        typeof(FixedPointTests), typeof(RotationTests), typeof(SignBlockTests), typeof(SignTablesTests), typeof(ReservoirTests),
        typeof(LeafTreeTests), typeof(IndexFileFormatTests),
    ];

    public static TheoryData<string, int> Runs
    {
        get
        {
            var runs = new TheoryData<string, int>();
            foreach (Type type in Classes)
            {
                foreach (int bits in (int[])[256, 128, 0])
                {
                    runs.Add(type.Name, bits);
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public Task The_kernels_and_what_they_build_are_right_with_narrower_vectors(string type, int bits) =>
        InstructionSets.RunAsync(Classes.Single(c => c.Name == type), bits, TestContext.Current.CancellationToken);

    [Theory]
    [MemberData(nameof(InstructionSets.Narrower), MemberType = typeof(InstructionSets))]
    public async Task Files_and_answers_are_the_same_bit_for_bit_with_narrower_vectors(int bits)
    {
        using var folder = new TemporaryFolder();
        string written = folder.File("child");
        await InstructionSets.RunAsync(
            typeof(RepeatableAnswersTests), bits, TestContext.Current.CancellationToken, (RepeatableAnswersTests.FileVariable, written));
        Assert.Equal(RepeatableAnswersTests.FilesAndAnswers(threads: 2), await File.ReadAllBytesAsync(written, TestContext.Current.CancellationToken));
    }
}
