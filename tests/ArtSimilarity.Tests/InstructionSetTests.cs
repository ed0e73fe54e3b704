using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.Tests;

public class InstructionSetTests
{
    [Theory]
    [MemberData(nameof(InstructionSets.Narrower), MemberType = typeof(InstructionSets))]
    public Task The_kernels_are_right_with_narrower_vectors(int bits) =>
        InstructionSets.RunAsync(typeof(ScanKernelTests), bits, TestContext.Current.CancellationToken);

    [Theory]
    [MemberData(nameof(InstructionSets.Narrower), MemberType = typeof(InstructionSets))]
    public Task The_exact_index_is_right_with_narrower_vectors(int bits) =>
        InstructionSets.RunAsync(typeof(FlatIndexTests), bits, TestContext.Current.CancellationToken);

    [Theory]
    [MemberData(nameof(InstructionSets.Narrower), MemberType = typeof(InstructionSets))]
    public Task What_was_added_is_found_with_narrower_vectors(int bits) =>
        InstructionSets.RunAsync(typeof(LiveIndexTests), bits, TestContext.Current.CancellationToken);
}
