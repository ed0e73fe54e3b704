using ArtSimilarity.Annoy;
using ArtSimilarity.FastScan;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.NetVips;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Tuning;
using Xunit;

namespace ArtSimilarity.Integration.Tests;

/// <summary>A gallery is tuned to its own works, and keeps what meets the demand.</summary>
public sealed class GalleryTuningTests : IDisposable
{
    private const int Count = 1500, Dimensions = 16;
    private static readonly FeatureSpace Space = new("tuned", "-", Dimensions);
    private readonly InMemoryGalleryStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_fast_scan_index_keeps_what_meets_the_demand()
    {
        await FillAsync();
        await using var gallery = new Gallery(_store, new NetVipsImageDecoder(), [], new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 64 }));
        FastScanTunerOptions options = new() { K = 10, QueryCount = 60, Quality = 0.8, Index = new FastScanIndexOptions { LeafSize = 64 } };
        TuningReport<FastScanTuning, FastScanSearchSettings> slow = await gallery.TuneFastScanAsync(Space, options, budgetMilliseconds: 1e-9, cancellationToken: Token);
        Assert.Equal(TuningVerdict.OverBudget, slow.Judge(0.8, 1e-9));
        Assert.Null(await gallery.GetTuningAsync(Space, Token));

        TuningReport<FastScanTuning, FastScanSearchSettings> report = await gallery.TuneFastScanAsync(Space, options, cancellationToken: Token);
        Assert.Equal(TuningVerdict.Met, report.Judge(0.8));
        Assert.Equal(report.Tuning.ToString(), (await gallery.GetTuningAsync(Space, Token))?.ToString());
        Assert.Equal(Count - 60, report.Tuning.Count);
    }

    [Fact]
    public async Task A_forest_keeps_what_meets_the_demand()
    {
        await FillAsync();
        AnnoyIndexOptions index = new() { TreeCount = 10 };
        await using var gallery = new Gallery(_store, new NetVipsImageDecoder(), [], new AnnoyIndexProvider(index));
        AnnoyTunerOptions options = new() { K = 10, QueryCount = 60, Quality = 0.5, Index = index };
        TuningReport<AnnoyTuning, AnnoySearchSettings> slow = await gallery.TuneAnnoyAsync(Space, options, budgetMilliseconds: 1e-9, cancellationToken: Token);
        Assert.Equal(TuningVerdict.OverBudget, slow.Judge(0.5, 1e-9));
        Assert.Null(await gallery.GetTuningAsync(Space, Token));

        TuningReport<AnnoyTuning, AnnoySearchSettings> report = await gallery.TuneAnnoyAsync(Space, options, cancellationToken: Token);
        Assert.Equal(TuningVerdict.Met, report.Judge(0.5));
        Assert.Equal(report.Tuning.ToString(), (await gallery.GetTuningAsync(Space, Token))?.ToString());
    }

    [Fact]
    public async Task What_cannot_be_tuned_is_refused()
    {
        await FillAsync();
        await using var gallery = new Gallery(_store, new NetVipsImageDecoder(), [], new FastScanIndexProvider());
        await Assert.ThrowsAsync<FeatureSpaceMismatchException>(() => gallery.TuneFastScanAsync(cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentException>(() => gallery.TuneFastScanAsync(Space, new FastScanTunerOptions { K = Count, QueryCount = 60 }, cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => gallery.TuneFastScanAsync(Space, new FastScanTunerOptions { Quality = 1 }, cancellationToken: Token));
    }

    private async Task FillAsync()
    {
        VectorSet vectors = TestVectors.Clustered(Count, Dimensions, 30, seed: 7);
        await _store.WriteAsync([.. Enumerable.Range(0, Count).Select(i => new GalleryEntry(new Painting($"{i}"), $"hash {i}", [new Signature(Space, vectors[i].ToArray())]))], Token);
    }
}
