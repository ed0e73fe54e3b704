using System.Collections.Concurrent;
using System.Reflection;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>How a gallery keeps its approximate index: built in the background, swapped, tuned.</summary>
public sealed class GalleryIndexTests : IAsyncDisposable
{
    private const int Count = 120;
    private static readonly FeatureSpace Space = new("random", "none", 8), Other = new("other", "none", 5);
    private readonly InMemoryGalleryStore _store = new();
    private readonly ManualClock _clock = new();
    private readonly ListLogger _log = new();
    private readonly ManualResetEventSlim _mayBuild = new(initialState: true);
    private readonly ConcurrentQueue<Gallery> _galleries = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _mayBuild.Set();
        foreach (Gallery gallery in _galleries)
        {
            await gallery.DisposeAsync();
        }

        await _store.DisposeAsync();
        _mayBuild.Dispose();
    }

    [Fact]
    public async Task Until_the_first_build_has_ended_searches_are_answered_exactly()
    {
        FakeIndexProvider provider = Holding();
        Gallery gallery = await CreateAsync(provider);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: true);
        await WriteAsync(Space, Count, 10);
        await _store.RemoveAsync(["work-3", "work-4"], Cancellation);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: true);
        Assert.Equal(1, provider.Begun);
        Assert.Empty(provider.Built);

        _mayBuild.Set();
        await gallery.PrepareAsync(Space, null, Cancellation);
        Assert.Equal(Count, Assert.Single(provider.Built).Count); // what came during the build was carried over
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
    }

    [Fact]
    public async Task While_an_index_is_rebuilt_the_former_one_answers_and_what_changes_is_seen_before_and_after_the_swap()
    {
        FakeIndexProvider provider = Holding(held: false);
        Gallery gallery = await CreateAsync(provider);
        await gallery.PrepareAsync(Space, null, Cancellation);

        _mayBuild.Reset();
        await WriteAsync(Space, Count, 30); // above a fifth of 120
        await _store.RemoveAsync(["work-7", "work-121"], Cancellation);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
        await WaitUntilAsync(() => provider.Begun == 2);
        await WriteAsync(Space, 200, 10);
        await WriteAsync(Space, 20, 1, seedOffset: 5000); // another picture of the same work
        await _store.RemoveAsync(["work-8", "work-122", "work-203"], Cancellation);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
        Assert.False(Assert.Single(provider.Built).IsDisposed);
        Assert.Equal(2, provider.Begun);

        _mayBuild.Set();
        await gallery.PrepareAsync(Space, null, Cancellation);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
        Assert.Equal([true, false], provider.Built.Select(index => index.IsDisposed));
        Assert.Equal(2, provider.Begun);
        await WriteAsync(Space, 300, 2);
        await _store.RemoveAsync(["work-9", "work-204"], Cancellation);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
    }

    [Fact]
    public async Task A_swap_waits_for_no_search_and_the_former_index_is_closed_when_its_last_search_has_ended()
    {
        var provider = new FakeIndexProvider();
        Gallery gallery = await CreateAsync(provider);
        await gallery.PrepareAsync(Space, null, Cancellation);
        using var searching = new ManualResetEventSlim();
        using var maySearch = new ManualResetEventSlim();
        provider.DuringSearch = () =>
        {
            searching.Set();
            maySearch.Wait(Cancellation);
        };
        Task<GallerySearchResult> search = Task.Run(() => SearchAsync(gallery, Space, 1, 10), Cancellation);
        searching.Wait(Cancellation);
        provider.DuringSearch = () => { };
        await WriteAsync(Space, Count, 60);
        await gallery.PrepareAsync(Space, null, Cancellation);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
        Assert.Equal([false, false], provider.Built.Select(index => index.IsDisposed));

        maySearch.Set();
        Assert.Equal(10, (await search).Results.Count);
        Assert.Equal([true, false], provider.Built.Select(index => index.IsDisposed));
    }

    [Fact]
    public async Task However_many_search_one_build_runs_at_a_time()
    {
        FakeIndexProvider provider = Holding();
        Gallery gallery = await CreateAsync(provider);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(
            async () =>
            {
                for (int i = 0; i < 20; i++)
                {
                    Assert.Equal(5, (await SearchAsync(gallery, Space, seed, 5)).Results.Count);
                }
            },
            Cancellation)));
        Assert.Equal(1, provider.Begun);
    }

    [Fact]
    public async Task Two_feature_spaces_are_built_at_once()
    {
        FakeIndexProvider provider = Holding();
        Gallery gallery = await CreateAsync(provider);
        await WriteAsync(Other, 0, Count);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: true);
        await AssertAnswersAreTheStoresAsync(gallery, Other, isExact: true);
        await WaitUntilAsync(() => provider.Begun == 2);
        await WriteAsync(Other, Count, 3);
        await _store.RemoveAsync(["work-1"], Cancellation);
        _mayBuild.Set();
        await Task.WhenAll(gallery.PrepareAsync(Space, null, Cancellation), gallery.PrepareAsync(Other, null, Cancellation));
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
        await AssertAnswersAreTheStoresAsync(gallery, Other, isExact: false);
        Assert.Equal(2, provider.Begun);
    }

    [Fact]
    public async Task A_failing_first_build_hinders_no_search_backs_off_and_is_reported()
    {
        bool broken = true;
        var provider = new FakeIndexProvider { DuringBuild = (_, _) => ThrowIf(broken) };
        Gallery gallery = await CreateAsync(provider);
        for (int i = 0; i < 5; i++)
        {
            await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: true);
            await WaitUntilAsync(() => Errors().Length > 0);
        }

        Assert.Equal(1, provider.Begun);
        Assert.Contains("the disk is on fire", Assert.Single(Errors()).Cause!.Message, StringComparison.Ordinal);
        Assert.Equal("the disk is on fire", (await Assert.ThrowsAsync<InvalidDataException>(() => gallery.PrepareAsync(Space, null, Cancellation))).Message);
        Assert.Equal(2, provider.Begun);

        broken = false;
        _clock.Advance(TimeSpan.FromSeconds(59)); // a minute, after two failures
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: true);
        Assert.Equal(2, provider.Begun);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await SearchAsync(gallery, Space, 1, 1);
        await WaitUntilAsync(() => provider.Built.Count == 1);
        await gallery.PrepareAsync(Space, null, Cancellation);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
        Assert.Equal(3, provider.Begun);
    }

    [Fact]
    public async Task A_failing_rebuild_leaves_the_former_index_in_step_with_the_store()
    {
        bool broken = false;
        var provider = new FakeIndexProvider { DuringBuild = (_, _) => ThrowIf(broken) };
        Gallery gallery = await CreateAsync(provider);
        await gallery.PrepareAsync(Space, null, Cancellation);
        broken = true;
        await WriteAsync(Space, Count, 60);
        for (int i = 0; i < 5; i++)
        {
            await WriteAsync(Space, 500 + i, 1);
            await _store.RemoveAsync([$"work-{i}"], Cancellation);
            await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
            await WaitUntilAsync(() => Errors().Length > 0);
        }

        Assert.Equal(2, provider.Begun);
        await Assert.ThrowsAsync<InvalidDataException>(() => gallery.PrepareAsync(Space, null, Cancellation));
        broken = false;
        await gallery.PrepareAsync(Space, null, Cancellation);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
        Assert.Equal([true, false], provider.Built.Select(index => index.IsDisposed));
    }

    [Fact]
    public async Task Closing_the_gallery_cancels_the_build_and_waits_for_it()
    {
        bool cancelled = false;
        using var begun = new ManualResetEventSlim();
        var provider = new FakeIndexProvider
        {
            DuringBuild = (_, cancellationToken) =>
            {
                begun.Set();
                cancellationToken.WaitHandle.WaitOne();
                Thread.Sleep(30);
                Volatile.Write(ref cancelled, true);
                cancellationToken.ThrowIfCancellationRequested();
            },
        };
        Gallery gallery = await CreateAsync(provider);
        await SearchAsync(gallery, Space, 1, 1);
        begun.Wait(Cancellation);
        Task preparing = gallery.PrepareAsync(Space, null, Cancellation);
        await gallery.DisposeAsync();
        Assert.True(Volatile.Read(ref cancelled));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => preparing);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => SearchAsync(gallery, Space, 1, 1));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => gallery.PrepareAsync(Space, null, Cancellation));
        Assert.Empty(Errors());
        Assert.Empty(provider.Built);
    }

    [Fact]
    public async Task Closing_the_gallery_beside_searches_and_builds_closes_every_index()
    {
        for (int round = 0; round < 20; round++)
        {
            var provider = new FakeIndexProvider();
            var gallery = new Gallery(_store, new PatternDecoder(), [], provider, new GalleryOptions { ApproximateFrom = 100, RebuildShare = 0 }, _log, _clock);
            await WriteAsync(Space, 0, Count, seedOffset: 1000 * round);
            using var started = new CountdownEvent(3);
            Task[] searches = [.. Enumerable.Range(0, 3).Select(seed => Task.Run(
                async () =>
                {
                    bool signalled = false;
                    try
                    {
                        while (true)
                        {
                            await WriteAsync(Space, seed, 1, seedOffset: Environment.TickCount);
                            Assert.Equal(5, (await SearchAsync(gallery, Space, seed, 5)).Results.Count);
                            if (!signalled)
                            {
                                signalled = started.Signal() || true;
                            }
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                },
                Cancellation))];
            started.Wait(Cancellation);
            await gallery.DisposeAsync();
            await Task.WhenAll(searches);
            Assert.All(provider.Built, index => Assert.True(index.IsDisposed));
            Assert.Empty(Errors());
        }
    }

    [Fact]
    public async Task The_vectors_of_the_exact_scan_are_shared_with_the_build_and_let_go_after_it()
    {
        FakeIndexProvider provider = Holding();
        (await CreateAsync(provider)).Dispose(); // fills the store
        IGalleryStore counted = DispatchProxy.Create<IGalleryStore, ReadCounter>();
        var counter = (ReadCounter)counted;
        counter.Store = _store;
        await using var gallery = new Gallery(counted, new PatternDecoder(), [], provider, new GalleryOptions { ApproximateFrom = 100 }, _log, _clock);
        Assert.True((await SearchAsync(gallery, Space, 1, 5)).IsExact);
        _mayBuild.Set();
        await gallery.PrepareAsync(Space, null, Cancellation);
        Assert.False((await SearchAsync(gallery, Space, 1, 5)).IsExact);
        Assert.Equal(1, counter.FullReads);
        for (int i = 0; i < 3; i++)
        {
            Assert.True((await SearchAsync(gallery, Space, 1, 5, new GallerySearchOptions { Quality = 1 })).IsExact);
            Assert.False((await SearchAsync(gallery, Space, 1, 5)).IsExact);
            Assert.Equal(2, counter.FullReads); // read again, and kept now that it is asked for
        }
    }

    [Fact]
    public async Task An_index_that_is_there_is_used_however_many_works_are_removed()
    {
        var provider = new FakeIndexProvider();
        Gallery gallery = await CreateAsync(provider);
        await gallery.PrepareAsync(Space, null, Cancellation);
        await _store.RemoveAsync([.. Enumerable.Range(0, 60).Select(i => $"work-{i}")], Cancellation);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
        Assert.Equal(1, provider.Begun);
    }

    [Fact]
    public async Task Preparing_reports_from_none_to_all_of_it()
    {
        var reports = new ConcurrentQueue<double>();
        var provider = new FakeIndexProvider { DuringBuild = (progress, _) => progress?.Report(0.5) };
        Gallery gallery = await CreateAsync(provider);
        await gallery.PrepareAsync(Space, new Recorder(reports), Cancellation);
        Assert.Equal(reports.Order(), reports);
        Assert.Equal(1, reports.Last());
        reports.Clear();
        await gallery.PrepareAsync(Space, new Recorder(reports), Cancellation); // nothing is left to do
        Assert.Equal([1], reports);
        Assert.Equal(1, provider.Begun);
    }

    [Fact]
    public async Task A_demanded_quality_reaches_the_index()
    {
        var provider = new FakeIndexProvider();
        Gallery gallery = await CreateAsync(provider);
        GallerySearchResult scanned = await SearchAsync(gallery, Space, 1, 5, new GallerySearchOptions { Quality = 0.9 });
        Assert.True(scanned.IsExact); // no index yet: exact satisfies any quality
        await gallery.PrepareAsync(Space, null, Cancellation);
        Assert.False((await SearchAsync(gallery, Space, 1, 5)).IsExact);
        GallerySearchResult demanded = await SearchAsync(gallery, Space, 1, 5, new GallerySearchOptions { Quality = 0.75, Filter = new PaintingFilter { Keys = ["work-1", "work-2"] } });
        GallerySearchResult exact = await SearchAsync(gallery, Space, 1, 5, new GallerySearchOptions { Quality = 1 });
        Assert.False(demanded.IsExact);
        Assert.Equal(2, demanded.Results.Count);
        Assert.True(exact.IsExact);
        Assert.Equal([0.75], Assert.Single(provider.Built).Demanded); // for an exact answer no index is asked
    }

    [Fact]
    public async Task An_index_that_cannot_be_tuned_says_so_unless_an_exact_answer_will_do()
    {
        var provider = new FakeIndexProvider(tunable: false);
        Gallery gallery = await CreateAsync(provider);
        await gallery.PrepareAsync(Space, null, Cancellation);
        NotSupportedException e = await Assert.ThrowsAsync<NotSupportedException>(() => SearchAsync(gallery, Space, 1, 5, new GallerySearchOptions { Quality = 0.9 }));
        Assert.Contains("quality", e.Message, StringComparison.Ordinal);
        Assert.True((await SearchAsync(gallery, Space, 1, 5, new GallerySearchOptions { Quality = 1 })).IsExact);
        Assert.False((await SearchAsync(gallery, Space, 1, 5)).IsExact);
        await Assert.ThrowsAsync<NotSupportedException>(() => gallery.SetTuningAsync(new FakeTuning("good"), Space, Cancellation));
        await Assert.ThrowsAsync<NotSupportedException>(() => gallery.SetTuningAsync(new FakeTuning("good"), Space, Cancellation)); // nothing was left locked
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    [InlineData(1.0001)]
    [InlineData(double.NaN)]
    public void A_quality_out_of_range_is_refused(double quality) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new GallerySearchOptions { Quality = quality });

    [Fact]
    public async Task A_tuning_is_kept_with_the_gallery_and_given_to_every_index()
    {
        var provider = new FakeIndexProvider();
        Gallery gallery = await CreateAsync(provider);
        await gallery.PrepareAsync(Space, null, Cancellation);
        Assert.Null(await gallery.GetTuningAsync(Space, Cancellation));
        await gallery.SetTuningAsync(new FakeTuning("good 1"), Space, Cancellation);
        Assert.Equal("good 1", Tuning(provider, 0));
        Assert.Equal("good 1", (await gallery.GetTuningAsync(Space, Cancellation))?.ToString());
        await WriteAsync(Space, Count, 60);
        await gallery.PrepareAsync(Space, null, Cancellation);
        Assert.Equal("good 1", Tuning(provider, 1));

        var later = new FakeIndexProvider();
        Gallery reopened = await CreateAsync(later);
        await reopened.PrepareAsync(Space, null, Cancellation);
        Assert.Equal("good 1", Tuning(later, 0));
        await WriteAsync(Other, 0, Count);
        await reopened.PrepareAsync(Other, null, Cancellation);
        Assert.Null(Tuning(later, 1)); // each space has its own

        await reopened.SetTuningAsync(null, Space, Cancellation);
        Assert.Null(Tuning(later, 0));
        Gallery last = await CreateAsync(later);
        await last.PrepareAsync(Space, null, Cancellation);
        Assert.Null(Tuning(later, 2));
    }

    [Fact]
    public async Task A_tuning_set_during_a_build_reaches_the_new_index()
    {
        FakeIndexProvider provider = Holding();
        Gallery gallery = await CreateAsync(provider);
        await SearchAsync(gallery, Space, 1, 1);
        await gallery.SetTuningAsync(new FakeTuning("good 2"), Space, Cancellation);
        _mayBuild.Set();
        await gallery.PrepareAsync(Space, null, Cancellation);
        Assert.Equal("good 2", Tuning(provider, 0));
    }

    [Fact]
    public async Task A_tuning_the_index_refuses_is_neither_kept_nor_used()
    {
        var provider = new FakeIndexProvider();
        Gallery gallery = await CreateAsync(provider);
        await gallery.PrepareAsync(Space, null, Cancellation);
        await gallery.SetTuningAsync(new FakeTuning("good 1"), Space, Cancellation);
        Assert.Contains("garbage", (await Assert.ThrowsAsync<ArgumentException>(() => gallery.SetTuningAsync(new FakeTuning("garbage"), Space, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Equal("good 1", Tuning(provider, 0));
        Gallery reopened = await CreateAsync(provider);
        await reopened.PrepareAsync(Space, null, Cancellation);
        Assert.Equal("good 1", Tuning(provider, 1));
    }

    [Fact]
    public async Task A_kept_tuning_that_the_index_refuses_is_logged_and_searches_go_on()
    {
        FakeIndexProvider provider = Holding();
        Gallery gallery = await CreateAsync(provider);
        await gallery.SetTuningAsync(new FakeTuning("of another version"), Space, Cancellation); // no index yet that could refuse it
        _mayBuild.Set();
        await gallery.PrepareAsync(Space, null, Cancellation);
        Assert.Null(Tuning(provider, 0));
        Assert.Contains("of another version", Assert.Single(_log.Entries, entry => entry.Level == LogLevel.Warning).Message, StringComparison.Ordinal);
        await AssertAnswersAreTheStoresAsync(gallery, Space, isExact: false);
    }

    [Fact]
    public async Task A_kept_tuning_that_cannot_be_read_is_logged_and_searches_go_on()
    {
        var provider = new FakeIndexProvider();
        Gallery gallery = await CreateAsync(provider);
        await _store.SetPropertyAsync($"tuning.fake:{Space}", "unreadable", Cancellation);
        await gallery.PrepareAsync(Space, null, Cancellation);
        Assert.Null(Tuning(provider, 0));
        Assert.Contains("unreadable", Assert.Single(_log.Entries, entry => entry.Level == LogLevel.Warning).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FormatException>(() => gallery.GetTuningAsync(Space, Cancellation));
        await gallery.SetTuningAsync(new FakeTuning("good 1"), Space, Cancellation);
        Assert.Equal("good 1", Tuning(provider, 0));
    }

    [Fact]
    public async Task A_tuning_of_another_kind_of_index_is_refused_before_there_is_an_index()
    {
        Gallery gallery = await CreateAsync(new FakeIndexProvider());
        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(() => gallery.SetTuningAsync(new FakeTuning("good 1", "other"), Space, Cancellation));
        Assert.Contains("'other'", e.Message, StringComparison.Ordinal);
        Assert.Contains("'fake'", e.Message, StringComparison.Ordinal);
        Assert.Null(await gallery.GetTuningAsync(Space, Cancellation));
    }

    [Fact]
    public async Task Without_an_approximate_index_there_is_nothing_to_tune()
    {
        Gallery gallery = await CreateAsync(null);
        Assert.Contains("AddFastScanIndex", (await Assert.ThrowsAsync<InvalidOperationException>(() => gallery.SetTuningAsync(new FakeTuning("good"), Space, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Null(await gallery.GetTuningAsync(Space, Cancellation));
        Assert.True((await SearchAsync(gallery, Space, 1, 5, new GallerySearchOptions { Quality = 0.5 })).IsExact);
    }

    private static string? Tuning(FakeIndexProvider provider, int index) => provider.Built[index].Tuning?.ToString();

    private static void ThrowIf(bool broken)
    {
        if (broken)
        {
            throw new InvalidDataException("the disk is on fire");
        }
    }

    private static float[] VectorOf(FeatureSpace space, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, space.Dimensions).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static Task<GallerySearchResult> SearchAsync(Gallery gallery, FeatureSpace space, int seed, int k, GallerySearchOptions? options = null) =>
        gallery.SearchAsync(new Signature(space, VectorOf(space, seed)), k, options, Cancellation);

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, Cancellation);
        }
    }

    private (LogLevel Level, string Message, Exception? Cause)[] Errors() => [.. _log.Entries.Where(entry => entry.Level == LogLevel.Error)];

    /// <summary>A provider whose builds wait for <see cref="_mayBuild"/>.</summary>
    private FakeIndexProvider Holding(bool held = true)
    {
        if (held)
        {
            _mayBuild.Reset();
        }

        return new FakeIndexProvider { DuringBuild = (_, cancellationToken) => _mayBuild.Wait(cancellationToken) };
    }

    /// <summary>A gallery over a store of <see cref="Count"/> works, which builds an index from 100 on.</summary>
    private async Task<Gallery> CreateAsync(FakeIndexProvider? provider)
    {
        if ((await _store.GetFeatureSpacesAsync(Cancellation)).Count == 0)
        {
            await WriteAsync(Space, 0, Count);
        }

        var gallery = new Gallery(_store, new PatternDecoder(), [], provider, new GalleryOptions { ApproximateFrom = 100 }, _log, _clock);
        _galleries.Enqueue(gallery);
        return gallery;
    }

    private async Task WriteAsync(FeatureSpace space, int first, int count, int seedOffset = 0) =>
        await _store.WriteAsync(
            [.. Enumerable.Range(first, count).Select(i => new GalleryEntry(new Painting($"work-{i}"), $"hash-{i}", [new Signature(space, VectorOf(space, i + seedOffset))]))],
            Cancellation);

    /// <summary>Compares with a flat index filled from the store.</summary>
    private async Task AssertAnswersAreTheStoresAsync(Gallery gallery, FeatureSpace space, bool isExact)
    {
        VectorSet vectors = await _store.ReadSignaturesAsync(space, -1, Cancellation);
        using var flat = new FlatIndex(space.Dimensions);
        for (int row = 0; row < vectors.Count; row++)
        {
            flat.Add(vectors.Ids.Slice(row, 1), vectors[row]);
        }

        foreach (int seed in new[] { 0, 3, 7, 8, 121, 203, 5020 })
        {
            var expected = new Neighbor[15];
            flat.Search(VectorOf(space, seed), expected);
            IReadOnlyList<Painting?> paintings = await _store.GetPaintingsAsync(space, [.. expected.Select(neighbor => neighbor.Id)], Cancellation);
            GallerySearchResult found = await SearchAsync(gallery, space, seed, 15);
            Assert.Equal(isExact, found.IsExact);
            Assert.Equal(paintings.Select(painting => painting!.Key), found.Results.Select(result => result.Painting.Key));
            Assert.Equal(expected.Select(neighbor => neighbor.Distance), found.Results.Select(result => result.Distance));
        }
    }

    /// <summary>Counts how often all signatures are read.</summary>
    public class ReadCounter : DispatchProxy
    {
        private int _fullReads;

        public IGalleryStore? Store { get; set; }

        public int FullReads => Volatile.Read(ref _fullReads);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IGalleryStore.ReadChangesAsync) && args![2] is -1)
            {
                Interlocked.Increment(ref _fullReads);
            }

            return targetMethod.Invoke(Store, args);
        }
    }

    private sealed class Recorder(ConcurrentQueue<double> reports) : IProgress<double>
    {
        public void Report(double value) => reports.Enqueue(value);
    }
}
