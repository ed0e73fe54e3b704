using System.Collections.Concurrent;
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
    private volatile bool _disposed;

    public async ValueTask<IndexLease> LeaseAsync(FeatureSpace space, bool exact, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(Gallery));
        IReadOnlyList<FeatureSpaceSummary> held = await store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        FeatureSpaceSummary summary = held.FirstOrDefault(candidate => candidate.Space == space) ?? new FeatureSpaceSummary(space, 0, 0);
        Slot slot = _slots.GetOrAdd((space, exact || provider is null), _ => new Slot());
        if (slot.Current is GalleryIndex current && current.Generation >= summary.Generation && current.TryHold())
        {
            return new IndexLease(current);
        }

        await slot.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Gallery));
            GalleryIndex index = slot.Current is GalleryIndex open && open.Generation >= summary.Generation
                ? open
                : await RefreshAsync(slot, summary, exact, cancellationToken).ConfigureAwait(false);
            return index.TryHold() ? new IndexLease(index) : throw new ObjectDisposedException(nameof(Gallery));
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (Slot slot in _slots.Values)
        {
            await slot.Gate.WaitAsync().ConfigureAwait(false);
            slot.Replace(null);
            slot.Gate.Release();
        }
    }

    private async ValueTask<GalleryIndex> RefreshAsync(Slot slot, FeatureSpaceSummary summary, bool exact, CancellationToken cancellationToken)
    {
        bool approximate = provider is not null && !exact && summary.Count >= options.ApproximateFrom;
        GalleryIndex? index = slot.Current;
        if (index is null || (approximate && index.IsExact))
        {
            index = approximate ? OpenApproximate(summary.Space) : LoadNothing(summary.Space);
        }

        if (index is not null)
        {
            try
            {
                await ApplyDifferencesAsync(index, summary, cancellationToken).ConfigureAwait(false);
            }
            catch when (index != slot.Current)
            {
                index.Release();
                throw;
            }
        }

        if (approximate && (index is null || index.Changes > options.RebuildShare * index.BuiltCount))
        {
            if (index != slot.Current)
            {
                index?.Release();
            }

            index = await BuildAsync(summary, cancellationToken).ConfigureAwait(false);
        }

        if (index != slot.Current)
        {
            slot.Replace(index);
        }

        return index!;
    }

    private GalleryIndex LoadNothing(FeatureSpace space) =>
        new(new FlatIndex(space.Dimensions, options.Metric), isExact: true, new IdSet(), lastId: -1, builtCount: 0);

    /// <summary>Opens the derived file, or returns <see langword="null"/> when it is missing, damaged or of something else.</summary>
    private GalleryIndex? OpenApproximate(FeatureSpace space)
    {
        if (PathOf(space) is not string path)
        {
            return null;
        }

        try
        {
            OpenedVectorIndex opened = provider!.Open(path);
            string prefix = StampPrefix(space);
            if (opened.Index.Dimensions == space.Dimensions
                && opened.Stamp.StartsWith(prefix, StringComparison.Ordinal)
                && int.TryParse(opened.Stamp.AsSpan(prefix.Length), out int lastId))
            {
                return new GalleryIndex(opened.Index, isExact: false, opened.Ids, lastId, opened.Ids.Count);
            }

            opened.Index.Dispose();
            logger.LogInformation("The index {Path} belongs to other signatures and is built anew.", path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            logger.LogDebug("There is no index {Path} yet.", path);
        }
        catch (VectorIndexFileException e)
        {
            // Derived data: nothing is lost by building it again.
            logger.LogWarning("{Reason} It is built anew.", e.Message);
        }

        return null;
    }

    private async ValueTask<GalleryIndex> BuildAsync(FeatureSpaceSummary summary, CancellationToken cancellationToken)
    {
        VectorSet vectors = await store.ReadSignaturesAsync(summary.Space, -1, cancellationToken).ConfigureAwait(false);
        int lastId = vectors.Count == 0 ? -1 : vectors.Ids[^1];
        string stamp = StampPrefix(summary.Space) + lastId;
        string? path = PathOf(summary.Space);
        ILocalVectorIndex built;
        try
        {
            if (path is not null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            }

            built = provider!.Build(vectors, options.Metric, path, stamp, cancellationToken);
        }
        catch (Exception e) when (path is not null && e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("The index {Path} cannot be written ({Reason}); it is kept in memory.", path, e.Message);
            built = provider!.Build(vectors, options.Metric, null, stamp, cancellationToken);
        }

        logger.LogInformation("Built the {Provider} index over {Count} signatures of {Space}.", provider.Name, vectors.Count, summary.Space);
        var known = new IdSet(lastId + 1);
        foreach (int id in vectors.Ids)
        {
            known.Add(id);
        }

        return new GalleryIndex(built, isExact: false, known, lastId, vectors.Count) { Generation = summary.Generation };
    }

    private async ValueTask ApplyDifferencesAsync(GalleryIndex index, FeatureSpaceSummary summary, CancellationToken cancellationToken)
    {
        // In this order: what is added between the two reads is left for the next time, what is removed is seen now.
        VectorSet added = await store.ReadSignaturesAsync(summary.Space, index.LastId, cancellationToken).ConfigureAwait(false);
        IdSet live = await store.SelectAsync(summary.Space, new PaintingFilter(), cancellationToken).ConfigureAwait(false);
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

        int[] removed = [.. index.Known.ToArray().Where(id => !live.Contains(id))];
        index.Index.Remove(removed);
        Array.ForEach(removed, id => index.Known.Remove(id));
        index.Changes += added.Count + removed.Length;
        index.Generation = summary.Generation;
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

    private string StampPrefix(FeatureSpace space) => $"{store.Identity:n}|{space}|{options.Metric.Name}|";

    private sealed class Slot
    {
        private GalleryIndex? _current;

        public SemaphoreSlim Gate { get; } = new(1);

        public GalleryIndex? Current => Volatile.Read(ref _current);

        public void Replace(GalleryIndex? index) => Interlocked.Exchange(ref _current, index)?.Release();
    }
}
