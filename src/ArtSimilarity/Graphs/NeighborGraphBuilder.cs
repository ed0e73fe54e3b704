using System.Collections.Concurrent;
using ArtSimilarity.Galleries;
using ArtSimilarity.Galleries.Indexes;
using ArtSimilarity.Indexing;
using ArtSimilarity.Parallelism;

namespace ArtSimilarity.Graphs;

/// <summary>Builds the <see cref="NeighborGraph"/> of a gallery from its index.</summary>
public static class NeighborGraphBuilder
{
    /// <summary>How many signatures are read together.</summary>
    private const int BlockSize = 4096;

    /// <summary>How many works one thread searches for before it takes further ones.</summary>
    private const int RowsPerTurn = 32;

    /// <summary>How many works are looked up together.</summary>
    private const int WorksPerLookup = 1000;

    /// <summary>Builds the graph of a gallery's works, or of those that pass a filter.</summary>
    /// <param name="gallery">The gallery.</param>
    /// <param name="options">Works, neighbours and threads; <see langword="null"/> takes the defaults.</param>
    /// <param name="progress">Told how much is done, from 0 to 1, possibly on another thread.</param>
    /// <param name="cancellationToken">Cancels the build.</param>
    /// <returns>
    /// The graph. Works come in the order in which their signatures were written. A work that is written or removed meanwhile may be in
    /// it or not.
    /// </returns>
    /// <exception cref="Features.FeatureSpaceMismatchException">The gallery has no signatures in the feature space.</exception>
    /// <exception cref="NotSupportedException">A quality below 1 was asked of an index that cannot be tuned.</exception>
    /// <remarks>
    /// Signatures are read in blocks. The graph itself takes some 8 bytes for each neighbour, beside the works' descriptions.
    /// </remarks>
    public static async Task<NeighborGraph> BuildAsync(
        Gallery gallery, NeighborGraphOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        options ??= new NeighborGraphOptions();
        bool isExact = options.Quality == 1;
        if (!isExact)
        {
            await gallery.PrepareAsync(options.Space, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        (LiveIndex index, FeatureSpaceSummary summary) = await gallery.HoldIndexAsync(options.Space, options.Quality, cancellationToken).ConfigureAwait(false);
        try
        {
            IdSet? allowed = options.Filter is { IsEmpty: false } filter
                ? await gallery.Store.SelectAsync(summary.Space, filter, cancellationToken).ConfigureAwait(false)
                : null;
            int expected = Math.Max(1, allowed?.Count ?? summary.Count);
            List<int> ids = [];
            List<Neighbor[]> found = [];
            await foreach (VectorSet block in gallery.Store.ReadSignatureBlocksAsync(summary.Space, BlockSize, cancellationToken).ConfigureAwait(false))
            {
                int[] rows = [.. Enumerable.Range(0, block.Count).Where(row => allowed?.Contains(block.Ids[row]) != false)];
                found.AddRange(await SearchAsync(index, block, rows, allowed, options, cancellationToken).ConfigureAwait(false));
                ids.AddRange(rows.Select(row => block.Ids[row]));
                progress?.Report(Math.Min(1, ids.Count / (double)expected));
            }

            return await ConnectAsync(gallery.Store, summary, ids, found, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            index.Release();
        }
    }

    /// <summary>The neighbours of some rows, by the ids of their signatures and without the rows themselves.</summary>
    private static async Task<Neighbor[][]> SearchAsync(
        LiveIndex index, VectorSet block, int[] rows, IdSet? allowed, NeighborGraphOptions options, CancellationToken cancellationToken)
    {
        var found = new Neighbor[rows.Length][];
        int turns = (rows.Length + RowsPerTurn - 1) / RowsPerTurn;
        ConcurrentBag<float[]> buffers = [];
        int wanted = options.NeighborCount == int.MaxValue ? int.MaxValue : options.NeighborCount + 1;
        await Parallel.ForAsync(
            0,
            turns,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelDegree.Threads(options.MaxDegreeOfParallelism), CancellationToken = cancellationToken },
            async (turn, cancellation) =>
            {
                float[] query = buffers.TryTake(out float[]? free) ? free : new float[block.Dimensions];
                int end = Math.Min(rows.Length, (turn + 1) * RowsPerTurn);
                for (int i = turn * RowsPerTurn; i < end; i++)
                {
                    block[rows[i]].CopyTo(query);
                    int own = block.Ids[rows[i]];
                    ArraySegment<Neighbor> nearest = await index.SearchAsync(query, wanted, allowed, options.Quality, cancellation).ConfigureAwait(false);
                    found[i] = [.. nearest.Where(neighbor => neighbor.Id != own).Take(options.NeighborCount)];
                }

                buffers.Add(query);
            }).ConfigureAwait(false);
        return found;
    }

    private static async Task<NeighborGraph> ConnectAsync(
        IGalleryStore store, FeatureSpaceSummary summary, List<int> ids, List<Neighbor[]> found, CancellationToken cancellationToken)
    {
        List<Painting> works = new(ids.Count);
        List<int> kept = new(ids.Count);
        Dictionary<int, int> nodeOf = new(ids.Count);
        for (int first = 0; first < ids.Count; first += WorksPerLookup)
        {
            int count = Math.Min(WorksPerLookup, ids.Count - first);
            IReadOnlyList<Painting?> paintings = await store.GetPaintingsAsync(summary.Space, ids.GetRange(first, count), cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < count; i++)
            {
                // A work that was removed since, or whose image was replaced and comes with its new signature, has none any more.
                if (paintings[i] is Painting work)
                {
                    nodeOf.Add(ids[first + i], works.Count);
                    works.Add(work);
                    kept.Add(first + i);
                }
            }
        }

        Neighbor[][] neighbors = [.. kept.Select(place => found[place]
            .Where(neighbor => nodeOf.ContainsKey(neighbor.Id))
            .Select(neighbor => neighbor with { Id = nodeOf[neighbor.Id] })
            .ToArray())];
        return new NeighborGraph([.. works], neighbors, [.. kept.Select(place => ids[place])]);
    }
}
