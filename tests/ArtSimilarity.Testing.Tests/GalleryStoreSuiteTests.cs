using ArtSimilarity.Galleries;
using Xunit;

namespace ArtSimilarity.Testing.Tests;

public sealed class GalleryStoreSuiteTests
{
    [Fact]
    public Task A_store_that_uses_ids_again_is_rejected()
    {
        var first = new Dictionary<string, int>();
        return AssertRejectsAsync(
            nameof(GalleryStoreConformance.Ids_grow_and_are_never_used_again),
            nameof(IGalleryStore.GetSignatureAsync),
            (arguments, call) => ReuseAsync((string)arguments[1]!, (ValueTask<(int Id, float[] Vector)?>)call(arguments)!));

        async ValueTask<(int Id, float[] Vector)?> ReuseAsync(string key, ValueTask<(int Id, float[] Vector)?> finding)
        {
            if (await finding is not var (id, vector))
            {
                return null;
            }

            first.TryAdd(key, id);
            return (first[key], vector);
        }
    }

    [Fact]
    public Task A_store_that_cannot_be_cancelled_is_rejected() => AssertRejectsAsync(
        nameof(GalleryStoreConformance.A_cancelled_call_leaves_nothing),
        nameof(IGalleryStore.WriteAsync),
        (arguments, call) => call(arguments[0], CancellationToken.None));

    [Fact]
    public Task A_store_that_writes_the_first_of_two_works_with_one_key_is_rejected() => AssertRejectsAsync(
        nameof(GalleryStoreConformance.A_repeated_key_is_refused_and_nothing_is_written),
        nameof(IGalleryStore.WriteAsync),
        (arguments, call) => call(((IReadOnlyList<GalleryEntry>)arguments[0]!).DistinctBy(entry => entry.Painting.Key).ToArray(), arguments[1]));

    [Fact]
    public Task A_store_that_does_not_write_in_one_transaction_is_rejected()
    {
        return AssertRejectsAsync(nameof(GalleryStoreConformance.Readers_see_each_commit_wholly_or_not_at_all), nameof(IGalleryStore.WriteAsync), (arguments, call) => WriteAsync(arguments, call));

        static async ValueTask WriteAsync(object?[] arguments, Faulty<IGalleryStore>.Sound call)
        {
            foreach (GalleryEntry entry in (IReadOnlyList<GalleryEntry>)arguments[0]!)
            {
                await (ValueTask)call(new GalleryEntry[] { entry }, arguments[1])!;
                await Task.Delay(1);
            }
        }
    }

    [Fact]
    public Task A_store_that_forgets_a_condition_of_a_filter_is_rejected() => AssertRejectsAsync(
        nameof(GalleryStoreConformance.Filters_select_what_their_definition_matches),
        nameof(IGalleryStore.SelectAsync),
        (arguments, call) => call(arguments[0], (PaintingFilter)arguments[1]! with { ToYear = null }, arguments[2]));

    [Fact]
    public Task A_store_that_forgets_removals_is_rejected()
    {
        return AssertRejectsAsync(nameof(GalleryStoreConformance.Changes_since_a_version_lead_to_the_present_state), nameof(IGalleryStore.ReadChangesAsync), (arguments, call) =>
            ForgetAsync((ValueTask<SignatureChanges?>)call(arguments)!));

        static async ValueTask<SignatureChanges?> ForgetAsync(ValueTask<SignatureChanges?> reading) =>
            await reading is { } changes ? new SignatureChanges(changes.Version, [], changes.Added) : null;
    }

    private static Task AssertRejectsAsync(string test, string method, Func<object?[], Faulty<IGalleryStore>.Sound, object?> fault) =>
        Suite.AssertRejectsAsync(
            new Tests(() => new InMemoryGalleryStore()), new Tests(() => Faulty<IGalleryStore>.Of(new InMemoryGalleryStore(), method, fault)), test);

    private sealed class Tests(Func<IGalleryStore> create) : GalleryStoreConformance
    {
        protected override IGalleryStore Create() => create();
    }
}
