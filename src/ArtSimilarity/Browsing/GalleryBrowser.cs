using ArtSimilarity.Galleries;

namespace ArtSimilarity.Browsing;

/// <summary>
/// The catalogue of a gallery in memory, for facets, words and sorting. It is read again when the works of the gallery have changed, also by another
/// program, and every ten minutes for changes of the catalogue alone. It takes some 2 kB a work. Any number of threads may use it.
/// </summary>
public sealed class GalleryBrowser : IDisposable
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1), ReadAnewEvery = TimeSpan.FromMinutes(10);

    private readonly IGalleryStore _store;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _reading = new(1);
    private State? _state;

    /// <summary>Creates a browser. Nothing is read yet.</summary>
    /// <param name="store">The gallery's store; it stays its owner's to dispose.</param>
    /// <param name="clock">Tells the time; <see langword="null"/> for the system's.</param>
    public GalleryBrowser(IGalleryStore store, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>The works as they are, or were a second ago.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The works.</returns>
    /// <exception cref="GalleryStoreException">The gallery cannot be read.</exception>
    public ValueTask<BrowsedWorks> CurrentAsync(CancellationToken cancellationToken = default) =>
        Volatile.Read(ref _state) is State state && _clock.GetElapsedTime(state.Checked) < CheckEvery ? ValueTask.FromResult(state.Works) : new(ReadAsync(false, cancellationToken));

    /// <summary>The works as they are now, by all that was committed before this call.</summary>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The works; later calls of <see cref="CurrentAsync"/> return them, or later ones.</returns>
    /// <exception cref="GalleryStoreException">The gallery cannot be read.</exception>
    public Task<BrowsedWorks> RefreshAsync(CancellationToken cancellationToken = default) => ReadAsync(true, cancellationToken);

    /// <summary>Frees what waits for the reading.</summary>
    public void Dispose() => _reading.Dispose();

    private async Task<BrowsedWorks> ReadAsync(bool anew, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            State? state = _state;
            if (state is not null && !anew && _clock.GetElapsedTime(state.Checked) < CheckEvery)
            {
                return state.Works;
            }

            long now = _clock.GetTimestamp();
            FeatureSpaceSummary[] spaces = [.. await _store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false)];
            if (state is null || !state.Spaces.SequenceEqual(spaces) || _clock.GetElapsedTime(state.Read) > ReadAnewEvery)
            {
                List<BrowsedWork> works = [];
                await foreach (StoredWork work in _store.ListAsync(new PaintingFilter(), cancellationToken).ConfigureAwait(false))
                {
                    works.Add(new BrowsedWork(work));
                }

                works.Sort((a, b) => string.CompareOrdinal(a.Painting.Key, b.Painting.Key));
                state = new State(new BrowsedWorks(works), spaces, now, now);
            }

            Volatile.Write(ref _state, state with { Checked = now });
            return state.Works;
        }
        finally
        {
            _reading.Release();
        }
    }

    private sealed record State(BrowsedWorks Works, FeatureSpaceSummary[] Spaces, long Read, long Checked);
}
