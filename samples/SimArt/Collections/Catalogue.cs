using System.Diagnostics;
using ArtSimilarity;
using ArtSimilarity.Galleries;

namespace SimArt.Collections;

/// <summary>
/// The catalogue in memory, for facets, words and sorting. It is read again when the gallery has changed, also by another program. Some 2 kB a work: for
/// millions of works a search engine would take its place.
/// </summary>
internal sealed class Catalogue(IGalleryStore store) : IDisposable
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1), ReadAnewEvery = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _reading = new(1);
    private CatalogueSnapshot? _current;
    private string _version = "";
    private long _checked, _read;

    /// <summary>The works as they are, or were a second ago.</summary>
    public async ValueTask<CatalogueSnapshot> CurrentAsync(CancellationToken cancellationToken)
    {
        CatalogueSnapshot? current = Volatile.Read(ref _current);
        if (current is not null && Stopwatch.GetElapsedTime(Volatile.Read(ref _checked)) < CheckEvery)
        {
            return current;
        }

        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_current is not null && Stopwatch.GetElapsedTime(_checked) < CheckEvery)
            {
                return _current;
            }

            string version = string.Join('|', (await store.GetFeatureSpacesAsync(cancellationToken)).Select(space => $"{space.Space} {space.Version}"));
            if (_current is null || version != _version || Stopwatch.GetElapsedTime(_read) > ReadAnewEvery)
            {
                List<CatalogueWork> works = [];
                await foreach (StoredWork work in store.ListAsync(new PaintingFilter(), cancellationToken))
                {
                    works.Add(new CatalogueWork(work));
                }

                works.Sort((a, b) => string.CompareOrdinal(a.Painting.Key, b.Painting.Key));
                Volatile.Write(ref _current, new CatalogueSnapshot(works));
                _version = version;
                _read = Stopwatch.GetTimestamp();
            }

            Volatile.Write(ref _checked, Stopwatch.GetTimestamp());
            return _current!;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();
}
