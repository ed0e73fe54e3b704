using System.Runtime.CompilerServices;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class AddingFromStreamsTests : IAsyncDisposable
{
    private readonly InMemoryGalleryStore _store = new();
    private readonly Gallery _gallery;

    public AddingFromStreamsTests() => _gallery = new Gallery(
        _store, new PatternDecoder(), [new ClassicalFeatureExtractor()], null, new GalleryOptions { MaxDegreeOfParallelism = 2, BatchSize = 8 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _gallery.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Works_that_come_one_by_one_are_added_in_their_order_and_skipped_when_they_come_again()
    {
        AddReport first = await _gallery.AddAsync(Works(50), null, null, Cancellation);
        Assert.Equal((50, 0, 0), (first.Added, first.Skipped, first.Failures.Count));
        FeatureSpace space = _gallery.Extractors[0].Space;
        IReadOnlyList<Painting?> inOrder = await _store.GetPaintingsAsync(space, (await _store.ReadSignaturesAsync(space, -1, Cancellation)).Ids.ToArray(), Cancellation);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"work-{i}"), inOrder.Select(painting => painting!.Key));
        AddReport again = await _gallery.AddAsync(Works(60), new AddOptions(), null, Cancellation);
        Assert.Equal((10, 50), (again.Added, again.Skipped));
    }

    [Fact]
    public async Task Images_behind_streams_are_added_and_one_that_fails_is_reported()
    {
        AddReport report = await _gallery.AddAsync(Sources().ToAsyncEnumerable(), null, null, Cancellation);
        Assert.Equal(9, report.Added);
        AddFailure failure = Assert.Single(report.Failures);
        Assert.Equal(("work-4", "4.pattern"), (failure.Key, failure.ImageName));
        Assert.Contains("connection reset", failure.Reason, StringComparison.Ordinal);

        static IEnumerable<PaintingImage> Sources() => Enumerable.Range(0, 10).Select(i => new PaintingImage(new Painting($"work-{i}"), ImageSource.FromStream(
            async _ =>
            {
                await Task.Yield();
                return i == 4 ? throw new IOException("connection reset") : new MemoryStream(System.Text.Encoding.ASCII.GetBytes($"pattern:{i}"));
            },
            $"{i}.pattern")));
    }

    [Fact]
    public async Task A_source_that_throws_midway_ends_the_call_and_keeps_what_was_committed()
    {
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => _gallery.AddAsync(Works(100, failsAt: 43), null, null, Cancellation));
        Assert.Equal("the crawl ended", e.Message);
        Assert.Equal(40, await _store.CountAsync(new PaintingFilter(), Cancellation)); // five batches of eight
        Assert.Equal((60, 40), ((await _gallery.AddAsync(Works(100), null, null, Cancellation)) is { } report ? (report.Added, report.Skipped) : default));
    }

    [Fact]
    public async Task Cancelling_reaches_the_source_and_the_call_returns_when_it_has_let_go()
    {
        using var stop = new CancellationTokenSource();
        bool hasLetGo = false;
        Task<AddReport> adding = _gallery.AddAsync(Stuck(Cancellation), null, null, stop.Token);
        while (await _store.CountAsync(new PaintingFilter(), Cancellation) < 8)
        {
            await Task.Delay(1, Cancellation);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adding);
        Assert.True(hasLetGo);

        async IAsyncEnumerable<PaintingImage> Stuck([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                await foreach (PaintingImage work in Works(8).WithCancellation(cancellationToken))
                {
                    yield return work;
                }

                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                hasLetGo = true;
            }
        }
    }

    private static async IAsyncEnumerable<PaintingImage> Works(int count, int failsAt = -1)
    {
        for (int i = 0; i < count; i++)
        {
            if (i % 5 == 0)
            {
                await Task.Yield();
            }

            yield return i == failsAt ? throw new InvalidDataException("the crawl ended") : new PaintingImage(new Painting($"work-{i}"), PatternDecoder.Source(i));
        }
    }
}
