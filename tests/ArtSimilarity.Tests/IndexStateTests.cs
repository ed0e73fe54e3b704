using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>What a gallery tells of its derived indexes.</summary>
public sealed class IndexStateTests : IAsyncDisposable
{
    private static readonly FeatureSpace Space = new("random", "none", 4);
    private readonly InMemoryGalleryStore _store = new();
    private readonly FakeIndexProvider _provider = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_gallery_without_signatures_has_no_state()
    {
        await using Gallery gallery = Open();
        Assert.Empty(await gallery.GetIndexStatesAsync(Cancellation));
    }

    [Fact]
    public async Task Where_no_index_is_meant_to_be_there_is_none()
    {
        await WriteAsync(0, 3);
        await using Gallery small = Open(), plain = new(_store, null, [], null);
        IndexState ofSmall = await StateAsync(small), ofPlain = await StateAsync(plain);
        Assert.Equal((IndexStatus.None, "fake", Space), (ofSmall.Status, ofSmall.Index, ofSmall.Space));
        Assert.Equal((IndexStatus.None, (string?)null), (ofPlain.Status, ofPlain.Index));
        Assert.Equal("none; an exact scan answers", ofPlain.ToString());
    }

    [Fact]
    public async Task An_index_is_not_open_then_building_then_current_then_behind()
    {
        await WriteAsync(0, 20);
        using var mayBuild = new ManualResetEventSlim();
        _provider.DuringBuild = (progress, cancellation) =>
        {
            progress?.Report(0.25);
            mayBuild.Wait(cancellation);
        };
        await using Gallery gallery = Open();
        Assert.Equal((IndexStatus.NotOpen, 0), ((await StateAsync(gallery)).Status, _provider.Begun));

        Task preparing = gallery.PrepareAsync(Space, null, Cancellation);
        IndexState building;
        do
        {
            building = await StateAsync(gallery);
        }
        while (building.BuildProgress is not 0.25);
        Assert.Equal((IndexStatus.Building, 0), (building.Status, building.IndexedCount));
        mayBuild.Set();
        await preparing;

        IndexState current = await StateAsync(gallery);
        Assert.Equal((IndexStatus.Current, 20, 0, (double?)null), (current.Status, current.IndexedCount, current.ChangesSinceBuild, current.BuildProgress));
        await WriteAsync(20, 2);
        await _store.RemoveAsync(["0"], Cancellation);
        IndexState behind = await StateAsync(gallery);
        Assert.Equal((IndexStatus.Behind, 20, 3), (behind.Status, behind.IndexedCount, behind.ChangesSinceBuild));
        Assert.Equal("fake: behind by 3, built over 20", behind.ToString());
        Assert.Equal(1, _provider.Begun);
    }

    [Fact]
    public async Task A_failed_build_is_told_with_time_and_cause_until_one_succeeds()
    {
        await WriteAsync(0, 20);
        await using Gallery gallery = Open();
        _provider.DuringBuild = (_, _) => throw new InvalidDataException("the disk is full of holes");
        DateTimeOffset before = DateTimeOffset.UtcNow;
        for (int times = 1; times <= 2; times++)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => gallery.PrepareAsync(Space, null, Cancellation));
            IndexState failed = await StateAsync(gallery);
            Assert.Equal((IndexStatus.Failed, times), (failed.Status, failed.LastFailure!.Failures));
            Assert.IsType<InvalidDataException>(failed.LastFailure.Cause);
            Assert.InRange(failed.LastFailure.Time, before, DateTimeOffset.UtcNow);
            Assert.EndsWith($"({times} in a row): the disk is full of holes", failed.ToString(), StringComparison.Ordinal);
        }

        _provider.DuringBuild = (_, _) => { };
        await gallery.PrepareAsync(Space, null, Cancellation);
        IndexState current = await StateAsync(gallery);
        Assert.Equal((IndexStatus.Current, (IndexBuildFailure?)null), (current.Status, current.LastFailure));
    }

    [Fact]
    public async Task A_closed_gallery_says_so()
    {
        await WriteAsync(0, 3);
        Gallery gallery = Open();
        await gallery.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => gallery.GetIndexStatesAsync(Cancellation));
    }

    private static async Task<IndexState> StateAsync(Gallery gallery) => Assert.Single(await gallery.GetIndexStatesAsync(Cancellation));

    private Gallery Open() => new(_store, null, [], _provider, new GalleryOptions { ApproximateFrom = 10, RebuildShare = 0.5 });

    private async Task WriteAsync(int first, int count) => await _store.WriteAsync(
        [.. Enumerable.Range(first, count).Select(i => new GalleryEntry(new Painting($"{i}"), "hash", [new Signature(Space, new float[] { i, 1, 2, 3 })]))], Cancellation);
}
