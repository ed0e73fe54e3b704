using System.Diagnostics;
using System.Diagnostics.Metrics;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class TelemetryTests : IDisposable
{
    private readonly string _name = $"gallery {Guid.NewGuid()}"; // other tests measure too
    private readonly List<(string Instrument, double Value, Dictionary<string, object?> Tags)> _measured = [];
    private readonly List<Activity> _spans = [];
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _traces;

    public TelemetryTests()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ArtSimilarityTelemetry.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meters.Start();
        _traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ArtSimilarityTelemetry.ActivitySourceName,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (Equals(span.GetTagItem("artsimilarity.gallery"), _name))
                {
                    lock (_spans)
                    {
                        _spans.Add(span);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(_traces);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _meters.Dispose();
        _traces.Dispose();
    }

    [Fact]
    public async Task What_a_gallery_does_is_measured_and_traced()
    {
        await using var store = new InMemoryGalleryStore();
        await using var gallery = new Gallery(
            store, new PatternDecoder(), [new ClassicalFeatureExtractor()], new FakeIndexProvider(), new GalleryOptions { Name = _name, ApproximateFrom = 3, BatchSize = 2 });
        await gallery.AddAsync(
            [.. Enumerable.Range(0, 4).Select(i => new PaintingImage(new Painting($"{i}"), PatternDecoder.Source(i))),
             new PaintingImage(new Painting("bad"), Imaging.ImageSource.FromBytes("x"u8.ToArray()))],
            null, Cancellation);
        await gallery.PrepareAsync(cancellationToken: Cancellation);
        await gallery.SearchAsync(PatternDecoder.Source(1), 2, null, Cancellation);
        await gallery.SearchByKeyAsync("1", 2, null, Cancellation);
        await Assert.ThrowsAsync<PaintingNotFoundException>(() => gallery.SearchByKeyAsync("none", 2, null, Cancellation));

        Assert.Equal(4, Of("works.added").Sum(measured => measured.Value));
        Assert.Equal(1, Of("works.failed").Sum(measured => measured.Value));
        Assert.Equal(4, Of("images.decoded").Count(measured => Equals(measured.Tags["artsimilarity.purpose"], "add")));
        Assert.Equal(1, Of("images.decoded").Count(measured => Equals(measured.Tags["artsimilarity.purpose"], "search")));
        Assert.All(Of("extraction.duration"), measured => Assert.Equal(gallery.Extractors[0].Space.ToString(), measured.Tags["artsimilarity.space"]));
        Assert.Equal("fake", Assert.Single(Of("index.build.duration")).Tags["artsimilarity.index"]);
        Assert.Equal(["image", "key", "key"], Of("search.duration").Select(measured => (string)measured.Tags["artsimilarity.query"]!).Order());
        Assert.Equal(typeof(PaintingNotFoundException).FullName, Assert.Single(Of("search.duration"), measured => measured.Tags.ContainsKey("error.type")).Tags["error.type"]);

        lock (_spans)
        {
            Assert.Equal(["artsimilarity.add", "artsimilarity.search", "artsimilarity.search", "artsimilarity.search"], _spans.Select(span => span.OperationName).Order());
            Assert.Single(_spans, span => span.Status == ActivityStatusCode.Error);
        }
    }

    [Fact]
    public async Task What_an_index_lacks_is_measured_until_the_gallery_is_closed()
    {
        await using var store = new InMemoryGalleryStore();
        var space = new FeatureSpace("pending#1", "none", 3);
        await WriteAsync(0, 5);
        await using (var gallery = new Gallery(store, null, [], new FakeIndexProvider(), new GalleryOptions { Name = _name, ApproximateFrom = 3, RebuildShare = 10 }))
        {
            Assert.Empty(Pending());
            await gallery.GetIndexStatesAsync(Cancellation);
            Assert.Equal([5.0], Pending());
            await gallery.PrepareAsync(space, null, Cancellation);
            Assert.Equal([0.0], Pending());
            await WriteAsync(5, 2);
            await gallery.SearchByKeyAsync("1", 1, new GallerySearchOptions { Spaces = [new(space, 1)] }, Cancellation);
            Assert.Equal([2.0], Pending());
            Assert.All(Of("index.pending"), measured => Assert.Equal((space.ToString(), "fake"), (measured.Tags["artsimilarity.space"], measured.Tags["artsimilarity.index"])));
        }

        Assert.Empty(Pending());

        async Task WriteAsync(int first, int count) =>
            await store.WriteAsync([.. Enumerable.Range(first, count).Select(i => new GalleryEntry(new Painting($"{i}"), "hash", [new Signature(space, new float[] { i, 1, 2 })]))], Cancellation);

        double[] Pending()
        {
            lock (_measured)
            {
                _measured.RemoveAll(measured => measured.Instrument == "artsimilarity.index.pending");
            }

            _meters.RecordObservableInstruments();
            return [.. Of("index.pending").Select(measured => measured.Value)];
        }
    }

    private List<(string Instrument, double Value, Dictionary<string, object?> Tags)> Of(string instrument)
    {
        lock (_measured)
        {
            return _measured.FindAll(measured => measured.Instrument == "artsimilarity." + instrument);
        }
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Dictionary<string, object?> named = new(tags.ToArray());
        if (Equals(named["artsimilarity.gallery"], _name))
        {
            lock (_measured)
            {
                _measured.Add((instrument.Name, value, named));
            }
        }
    }
}
