using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries.Indexes;

namespace ArtSimilarity.Galleries;

/// <summary>The instruments of <see cref="ArtSimilarityTelemetry"/>, for one gallery. Costs next to nothing while nobody listens.</summary>
internal sealed class GalleryTelemetry(string gallery)
{
    public const string Add = "add", Search = "search";

    private const string Prefix = "artsimilarity.";
    private static readonly string? Version = typeof(GalleryTelemetry).Assembly.GetName().Version?.ToString(3);
    private static readonly ActivitySource Source = new(ArtSimilarityTelemetry.ActivitySourceName, Version);
    private static readonly Meter Meter = new(ArtSimilarityTelemetry.MeterName, Version);
    private static readonly Counter<long> Added = Meter.CreateCounter<long>(Prefix + "works.added", "{work}", "Works committed with new signatures.");
    private static readonly Counter<long> Failed = Meter.CreateCounter<long>(Prefix + "works.failed", "{work}", "Works that could not be added.");
    private static readonly Counter<long> Images = Meter.CreateCounter<long>(Prefix + "images.decoded", "{image}", "Images decoded.");
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] };
    private static readonly Histogram<double> Extractions = Meter.CreateHistogram<double>(Prefix + "extraction.duration", "s", "The time that one batch of images takes in an extractor.", null, Seconds);
    private static readonly Histogram<double> Searches = Meter.CreateHistogram<double>(Prefix + "search.duration", "s", "The time of a search, decoding and extraction included.", null, Seconds);
    private static readonly Histogram<double> Builds = Meter.CreateHistogram<double>(Prefix + "index.build.duration", "s", "The time of an index build.", null, Seconds);

    // Weak, so that a gallery that nobody closed can still be collected.
    private static readonly ConditionalWeakTable<GalleryIndexes, GalleryTelemetry> Observed = [];
    private static readonly ObservableGauge<int> PendingSignatures = Meter.CreateObservableGauge(
        Prefix + "index.pending", ObservePending, "{signature}", "Signatures written or removed since the index was built, as the last search found; all of them while none is open.");

    private readonly KeyValuePair<string, object?> _gallery = new(Prefix + "gallery", gallery);

    public void WorksAdded(int count) => Count(Added, count);

    public void WorksFailed(int count) => Count(Failed, count);

    public void ImageDecoded(string purpose) => Images.Add(1, _gallery, Tag("purpose", purpose));

    public void Extracted(FeatureSpace space, TimeSpan time)
    {
        if (Extractions.Enabled)
        {
            Extractions.Record(time.TotalSeconds, _gallery, Tag("space", space.ToString()));
        }
    }

    public void IndexBuilt(FeatureSpace space, string index, TimeSpan time, Exception? failure)
    {
        if (Builds.Enabled)
        {
            var tags = new TagList { _gallery, Tag("space", space.ToString()), Tag("index", index) };
            AddError(ref tags, failure);
            Builds.Record(time.TotalSeconds, tags);
        }
    }

    /// <summary>Lets listeners see what indexes lack, until <see cref="StopObserving"/>.</summary>
    public void Observe(GalleryIndexes indexes) => Observed.Add(indexes, this);

    public static void StopObserving(GalleryIndexes indexes) => Observed.Remove(indexes);

    /// <summary>A span for the adding of works; <see langword="null"/> while nobody listens.</summary>
    public Activity? BeginAdd() => Source.StartActivity(Prefix + "add")?.AddTag(Prefix + "gallery", _gallery.Value);

    /// <summary>Measures a search until it is disposed of; <see langword="null"/> while nobody listens.</summary>
    /// <param name="query">What the search is by.</param>
    public SearchMeasurement? BeginSearch(string query) => Searches.Enabled || Source.HasListeners() ? new SearchMeasurement(this, query) : null;

    private static IEnumerable<Measurement<int>> ObservePending() =>
        from observed in Observed
        from pending in observed.Key.Pending()
        select new Measurement<int>(pending.Count, observed.Value._gallery, Tag("space", pending.Space.ToString()), Tag("index", pending.Index));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(Prefix + name, value);

    private static void AddError(ref TagList tags, Exception? failure)
    {
        if (failure is not null)
        {
            tags.Add("error.type", failure.GetType().FullName);
        }
    }

    private void Count(Counter<long> counter, int count)
    {
        if (count > 0)
        {
            counter.Add(count, _gallery);
        }
    }

    /// <summary>One search: its span and its time.</summary>
    internal sealed class SearchMeasurement : IDisposable
    {
        private readonly GalleryTelemetry _telemetry;
        private readonly string _query;
        private readonly Activity? _activity;
        private readonly long _begin = Stopwatch.GetTimestamp();
        private Exception? _failure;

        public SearchMeasurement(GalleryTelemetry telemetry, string query)
        {
            (_telemetry, _query) = (telemetry, query);
            _activity = Source.StartActivity(Prefix + "search")?.AddTag(Prefix + "gallery", telemetry._gallery.Value).AddTag(Prefix + "query", query);
        }

        public void Found(GallerySearchResult result) =>
            _activity?.AddTag(Prefix + "space", string.Join("; ", result.Spaces.Select(space => space.Space))).AddTag(Prefix + "results", result.Results.Count).AddTag(Prefix + "exact", result.IsExact);

        public void Failed(Exception failure) => _failure = failure;

        public void Dispose()
        {
            var tags = new TagList { _telemetry._gallery, Tag("query", _query) };
            AddError(ref tags, _failure);
            Searches.Record(Stopwatch.GetElapsedTime(_begin).TotalSeconds, tags);
            if (_failure is not null)
            {
                _activity?.SetStatus(ActivityStatusCode.Error, _failure.Message).AddException(_failure);
            }

            _activity?.Dispose();
        }
    }
}
