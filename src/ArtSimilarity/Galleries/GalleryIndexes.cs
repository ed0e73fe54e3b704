using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;
using Microsoft.Extensions.Logging;

namespace ArtSimilarity.Galleries;

/// <summary>
/// The indexes of a gallery, one per feature space and kind, opened when first needed. Before each search the store's
/// generation tells whether signatures were written or removed, by this process or another; the differences are then applied.
/// </summary>
internal sealed class GalleryIndexes(IGalleryStore store, IVectorIndexProvider? provider, GalleryOptions options, ILogger logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(FeatureSpace Space, bool Exact), Slot> _slots = new();
    private readonly CancellationTokenSource _closing = new();

    public async ValueTask<IndexLease> LeaseAsync(FeatureSpace space, bool exact, CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(Gallery));
            IReadOnlyList<FeatureSpaceSummary> held = await store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
            FeatureSpaceSummary summary = held.FirstOrDefault(candidate => candidate.Space == space) ?? new FeatureSpaceSummary(space, 0, 0);
            Slot slot = _slots.GetOrAdd((space, exact || provider is null), _ => new Slot());
            if (slot.Current is GalleryIndex current && current.Generation >= summary.Generation && current.TryHold())
            {
                return new IndexLease(current);
            }

            // A refresh belongs to no one search: whoever stops waiting for it leaves it to the others, so that a build longer than
            // every caller's patience still ends some time.
            Task refresh;
            lock (slot)
            {
                refresh = slot.Refresh is { IsCompleted: false } running
                    ? running
                    : slot.Refresh = Task.Run(() => RefreshAsync(slot, summary, exact, _closing.Token), CancellationToken.None);
            }

            await refresh.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (Slot slot in _slots.Values)
        {
            Task? refresh;
            lock (slot)
            {
                refresh = slot.Refresh;
            }

            if (refresh is not null)
            {
                await refresh.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (slot.Replace(null) is GalleryIndex last)
            {
                await last.Closed.ConfigureAwait(false);
            }
        }
    }

    private async Task RefreshAsync(Slot slot, FeatureSpaceSummary summary, bool exact, CancellationToken cancellationToken)
    {
        bool approximate = provider is not null && !exact && summary.Count >= options.ApproximateFrom;
        GalleryIndex? index = slot.Current;
        if (index is null || (approximate && index.IsExact))
        {
            index = approximate ? OpenApproximate(summary) : LoadNothing(summary.Space);
        }

        try
        {
            if (index is null || !await TryApplyDifferencesAsync(index, summary, approximate, cancellationToken).ConfigureAwait(false))
            {
                if (index != slot.Current)
                {
                    index?.Release();
                }

                index = null;
                index = await BuildAsync(summary, cancellationToken).ConfigureAwait(false);
            }
        }
        catch when (index is not null && index != slot.Current)
        {
            index.Release();
            throw;
        }

        if (index != slot.Current)
        {
            slot.Replace(index);
        }
    }

    private GalleryIndex LoadNothing(FeatureSpace space) =>
        new(new FlatIndex(space.Dimensions, options.Metric), isExact: true, new IdSet(), lastId: -1, builtCount: 0);

    /// <summary>Opens the derived file, or returns <see langword="null"/> when it is missing, damaged or of something else.</summary>
    private GalleryIndex? OpenApproximate(FeatureSpaceSummary summary)
    {
        if (PathOf(summary.Space) is not string path)
        {
            return null;
        }

        try
        {
            OpenedVectorIndex opened = provider!.Open(path);
            string prefix = StampPrefix(summary.Space);
            if (opened.Index.Dimensions == summary.Space.Dimensions
                && opened.Stamp.StartsWith(prefix, StringComparison.Ordinal)
                && opened.Stamp[prefix.Length..].Split('|') is [string id, string generation]
                && int.TryParse(id, CultureInfo.InvariantCulture, out int lastId)
                && long.TryParse(generation, CultureInfo.InvariantCulture, out long built)
                && built <= summary.Generation) // a later one than the store's: the store was put back to an earlier state
            {
                return new GalleryIndex(opened.Index, isExact: false, opened.Ids, lastId, opened.Ids.Count);
            }

            opened.Index.Dispose();
            logger.LogInformation("The index {Path} was built from other signatures or with other settings, and is built anew.", path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            logger.LogDebug("There is no index {Path} yet.", path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Derived data: nothing is lost by building it again.
            logger.LogWarning("The index {Path} cannot be used and is built anew: {Reason}", path, e.Message);
        }

        return null;
    }

    private async ValueTask<GalleryIndex> BuildAsync(FeatureSpaceSummary summary, CancellationToken cancellationToken)
    {
        VectorSet vectors = await store.ReadSignaturesAsync(summary.Space, -1, cancellationToken).ConfigureAwait(false);
        int lastId = vectors.Count == 0 ? -1 : vectors.Ids[^1];
        string stamp = string.Create(CultureInfo.InvariantCulture, $"{StampPrefix(summary.Space)}{lastId}|{summary.Generation}");
        string? path = PathOf(summary.Space);
        ILocalVectorIndex built;
        try
        {
            if (path is not null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            }

            built = provider!.Build(vectors, options.Metric, path, stamp, null, cancellationToken);
        }
        catch (Exception e) when (path is not null && e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("The index {Path} cannot be written ({Reason}); it is kept in memory.", path, e.Message);
            built = provider!.Build(vectors, options.Metric, null, stamp, null, cancellationToken);
        }

        logger.LogInformation("Built the {Provider} index over {Count} signatures of {Space}.", provider.Name, vectors.Count, summary.Space);
        var known = new IdSet(lastId + 1);
        foreach (int id in vectors.Ids)
        {
            known.Add(id);
        }

        return new GalleryIndex(built, isExact: false, known, lastId, vectors.Count) { Generation = summary.Generation };
    }

    /// <summary>
    /// Brings an index in step with the store; or returns <see langword="false"/>, before anything is read, when so much has changed that
    /// an approximate one had better be built anew.
    /// </summary>
    private async ValueTask<bool> TryApplyDifferencesAsync(GalleryIndex index, FeatureSpaceSummary summary, bool approximate, CancellationToken cancellationToken)
    {
        // What is written between this read and the next is in the next generation, and left to the next refresh.
        IdSet live = await store.SelectAsync(summary.Space, new PaintingFilter(), cancellationToken).ConfigureAwait(false);
        int[] removed = [.. index.Known.ToArray().Where(id => !live.Contains(id))];
        int newcomers = live.Count - (index.Known.Count - removed.Length);
        if (approximate && index.Changes + newcomers + removed.Length > options.RebuildShare * index.BuiltCount)
        {
            return false;
        }

        VectorSet added = await store.ReadSignaturesAsync(summary.Space, index.LastId, cancellationToken).ConfigureAwait(false);
        for (int first = 0; first < added.Count; first += added.RowsPerBlock)
        {
            int rows = Math.Min(added.RowsPerBlock, added.Count - first);
            index.Index.Add(added.Ids.Slice(first, rows), added.RowsOfBlock(first / added.RowsPerBlock, rows));
            foreach (int id in added.Ids.Slice(first, rows))
            {
                index.Known.Add(id);
                index.LastId = id;
            }
        }

        index.Index.Remove(removed);
        Array.ForEach(removed, id => index.Known.Remove(id));
        index.Changes += added.Count + removed.Length;
        index.Generation = summary.Generation;
        return true;
    }

    private string? PathOf(FeatureSpace space)
    {
        if (store.DerivedFilesDirectory is not string directory)
        {
            return null;
        }

        string model = new([.. space.ModelId.Take(40).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{space}|{options.Metric.Name}")))[..8];
        return Path.Combine(directory, $"{model}-{hash}.{provider!.Name}");
    }

    private string StampPrefix(FeatureSpace space) => $"{store.Identity:n}|{space}|{options.Metric.Name}|{provider!.Settings}|";

    private sealed class Slot
    {
        private GalleryIndex? _current;

        public GalleryIndex? Current => Volatile.Read(ref _current);

        public Task? Refresh { get; set; }

        public GalleryIndex? Replace(GalleryIndex? index)
        {
            GalleryIndex? former = Interlocked.Exchange(ref _current, index);
            former?.Release();
            return former;
        }
    }
}
