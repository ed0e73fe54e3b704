using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Annoy.Tests.Index;

public class ForestInstructionSetTests
{
    // Without any vectors this would take minutes; the next test covers that.
    [Theory]
    [InlineData(256)]
    [InlineData(128)]
    public Task The_index_keeps_its_promises_with_narrower_vectors(int bits) =>
        InstructionSets.RunAsync(typeof(AnnoyIndexConformanceTests), bits, TestContext.Current.CancellationToken);

    [Theory]
    [MemberData(nameof(InstructionSets.Narrower), MemberType = typeof(InstructionSets))]
    public async Task Files_and_answers_are_the_same_bit_for_bit_with_narrower_vectors(int bits)
    {
        using var folder = new TemporaryFolder();
        string written = folder.File("child");
        await InstructionSets.RunAsync(
            typeof(RepeatableForestTests), bits, TestContext.Current.CancellationToken, (RepeatableForestTests.FileVariable, written));
        Assert.Equal(RepeatableForestTests.FilesAndAnswers(threads: 2), await File.ReadAllBytesAsync(written, TestContext.Current.CancellationToken));
    }
}
