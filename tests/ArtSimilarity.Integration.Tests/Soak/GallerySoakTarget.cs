using System.Globalization;
using ArtSimilarity.FastScan;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ArtSimilarity.Integration.Tests.Soak;

/// <summary>A gallery in an SQLite file whose index is rebuilt in the background.</summary>
internal sealed class GallerySoakTarget : ISoakTarget
{
    private static readonly FeatureSpace Space = new("soak", "none", SoakVectors.Dimensions);
    private readonly string _file;
    private readonly SqliteGalleryStore _store;
    private readonly BuildLog _log = new();
    private readonly Gallery _gallery;
    private int _searches;

    public GallerySoakTarget(string folder)
    {
        _file = Path.Combine(folder, "gallery.db");
        _store = SqliteGalleryStore.Open(_file);
        _gallery = Open(_store, _log);
    }

    public int Builds => _log.Builds;

    public void Add(IReadOnlyList<(int Work, int Version)> works) =>
        _store.WriteAsync([.. works.Select(added => new GalleryEntry(
            new Painting(Key(added.Work)) { Genre = Genre(added.Work % SoakFilter.Genres) },
            added.Version.ToString(CultureInfo.InvariantCulture),
            [new Signature(Space, SoakVectors.Of(added.Work, added.Version))]))]).AsTask().GetAwaiter().GetResult();

    public void Remove(IReadOnlyList<int> works) => Assert.Equal(works.Count, _gallery.RemoveAsync([.. works.Select(Key)]).GetAwaiter().GetResult());

    public IReadOnlyList<(int Work, float Distance)> Search(float[] query, int k, SoakFilter filter)
    {
        var options = new GallerySearchOptions
        {
            Filter = new PaintingFilter
            {
                Genres = filter.Genre is int genre ? [Genre(genre)] : [],
                Keys = filter.Works is null ? [] : [.. filter.Works.Select(Key)],
            },
            Quality = Interlocked.Increment(ref _searches) % 2 == 0 ? 0.95 : null,
        };
        GallerySearchResult found = _gallery.SearchAsync(new Signature(Space, query), k, options).GetAwaiter().GetResult();
        return [.. found.Results.Select(result => (int.Parse(result.Painting.Key, CultureInfo.InvariantCulture), result.Distance))];
    }

    /// <summary>Nothing: the gallery rebuilds of its own accord.</summary>
    public void Maintain()
    {
    }

    public void Check(ChangeHistory history)
    {
        Assert.Empty(_log.Failures);
        Assert.Equal(history.Count, _store.CountAsync(new PaintingFilter()).AsTask().GetAwaiter().GetResult());

        // Another process sees the same: the file it opens is older than the store, and what has changed since is known.
        using SqliteGalleryStore sameFile = SqliteGalleryStore.Open(_file);
        using Gallery other = Open(sameFile, new BuildLog());
        string[] truth = Nearest(other, new GallerySearchOptions { Quality = 1 });
        Assert.Equal(truth, Nearest(_gallery, new GallerySearchOptions { Quality = 1 }));
    }

    public async ValueTask DisposeAsync()
    {
        await _gallery.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static string[] Nearest(Gallery gallery, GallerySearchOptions options) =>
        [.. gallery.SearchAsync(new Signature(Space, SoakVectors.Query(1)), 20, options).GetAwaiter().GetResult().Results.Select(result => result.Painting.Key)];

    private static string Key(int work) => work.ToString(CultureInfo.InvariantCulture);

    private static string Genre(int genre) => $"genre {genre}";

    private static Gallery Open(SqliteGalleryStore store, BuildLog log) => new(
        store,
        null,
        [],
        new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 32 }),
        new GalleryOptions { ApproximateFrom = 500, RebuildShare = 0.1 },
        log);

    /// <summary>Counts the builds and keeps what went wrong.</summary>
    private sealed class BuildLog : ILogger<Gallery>
    {
        private readonly Lock _gate = new();
        private readonly List<string> _failures = [];
        private int _builds;

        public int Builds => Volatile.Read(ref _builds);

        public string[] Failures
        {
            get
            {
                lock (_gate)
                {
                    return [.. _failures];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string message = formatter(state, exception);
            if (logLevel >= LogLevel.Warning)
            {
                lock (_gate)
                {
                    _failures.Add($"{message} {exception}");
                }
            }
            else if (message.StartsWith("Built ", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _builds);
            }
        }
    }
}
