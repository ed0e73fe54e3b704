using ArtSimilarity.FastScan;
using ArtSimilarity.Indexing;
using Xunit;

namespace ArtSimilarity.Testing.Tests;

public sealed class VectorIndexProviderSuiteTests
{
    private const string Build = nameof(IVectorIndexProvider.BuildAsync), Open = nameof(IVectorIndexProvider.OpenAsync);

    [Fact]
    public Task A_provider_that_forgets_the_stamp_is_rejected() => AssertRejectsAsync(
        nameof(VectorIndexProviderConformance.What_was_built_is_opened_with_its_stamp_and_answers_alike),
        Build,
        (arguments, call) => call(arguments[0], arguments[1], arguments[2], "", arguments[4], arguments[5]));

    [Fact]
    public Task A_provider_that_does_not_look_at_the_name_is_rejected() => AssertRejectsAsync(
        nameof(VectorIndexProviderConformance.Where_nothing_was_built_nothing_is_opened),
        Open,
        (arguments, call) => call(new VectorIndexLocation(Guid.Empty, "space-1", ((VectorIndexLocation)arguments[0]!).Directory), arguments[1]));

    [Fact]
    public Task A_provider_that_tells_no_end_is_rejected() => AssertRejectsAsync(
        nameof(VectorIndexProviderConformance.Progress_never_falls_and_ends_with_one),
        Build,
        (arguments, call) =>
        {
            ((IProgress<double>?)arguments[4])?.Report(0.5);
            return call(arguments[0], arguments[1], arguments[2], arguments[3], null, arguments[5]);
        });

    [Fact]
    public Task A_provider_that_cannot_be_cancelled_is_rejected() => AssertRejectsAsync(
        nameof(VectorIndexProviderConformance.A_cancelled_build_leaves_what_was_kept),
        Build,
        (arguments, call) => call(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], CancellationToken.None));

    [Fact]
    public Task A_provider_that_hides_damage_is_rejected()
    {
        return AssertRejectsAsync(nameof(VectorIndexProviderConformance.A_file_that_is_cut_off_is_refused), Open, (arguments, call) => OpenAsync(() => (ValueTask<OpenedVectorIndex?>)call(arguments)!));

        static async ValueTask<OpenedVectorIndex?> OpenAsync(Func<ValueTask<OpenedVectorIndex?>> open)
        {
            try
            {
                return await open();
            }
            catch (VectorIndexFileException)
            {
                return null;
            }
        }
    }

    private static Task AssertRejectsAsync(string test, string method, Func<object?[], Faulty<IVectorIndexProvider>.Sound, object?> fault) =>
        Suite.AssertRejectsAsync(
            new Tests(new FastScanIndexProvider()), new Tests(Faulty<IVectorIndexProvider>.Of(new FastScanIndexProvider(), method, fault)), test);

    private sealed class Tests(IVectorIndexProvider provider) : VectorIndexProviderConformance
    {
        protected override IVectorIndexProvider Create() => provider;
    }
}
