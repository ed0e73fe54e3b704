using System.Numerics;
using ArtSimilarity.Galleries;
using ArtSimilarity.Galleries.Indexes;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Graphs;

/// <summary>The works of a gallery in the plane: works that look alike lie near each other.</summary>
/// <remarks>
/// A map is kept with the gallery, among the files derived from it, and stamped with what it was made of. Works that are added later are placed
/// among their neighbours, and those that were there keep their places. When more than a fifth is new, all are laid out anew.
/// Immutable; any number of threads may use it.
/// </remarks>
public sealed class GalleryMap
{
    /// <summary>A map is made anew when more than this share of its works is new.</summary>
    private const double MostNew = 0.2;

    private const int WorksPerLookup = 1000;

    private GalleryMap(IReadOnlyList<MapPlace> places, bool isNew, int placedCount, bool isKept) =>
        (Places, IsNew, PlacedCount, IsKept) = (places, isNew, placedCount, isKept);

    /// <summary>The works with their places, in the order in which their signatures were written.</summary>
    public IReadOnlyList<MapPlace> Places { get; }

    /// <summary>Whether the works were laid out anew.</summary>
    public bool IsNew { get; }

    /// <summary>How many works were placed among those of the map that was kept.</summary>
    public int PlacedCount { get; }

    /// <summary>Whether the map is kept with the gallery; not where nothing can be written beside it.</summary>
    public bool IsKept { get; }

    /// <summary>Opens the map that is kept with a gallery, places new works into it, and makes it where there is none.</summary>
    /// <param name="gallery">The gallery.</param>
    /// <param name="options">Space, neighbours and seed; <see langword="null"/> takes the defaults.</param>
    /// <param name="progress">Told how much is done, from 0 to 1, possibly on another thread.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The map.</returns>
    /// <exception cref="Features.FeatureSpaceMismatchException">The gallery has no signatures in the feature space.</exception>
    public static async Task<GalleryMap> OpenAsync(
        Gallery gallery, GalleryMapOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        options ??= new GalleryMapOptions();
        (LiveIndex index, FeatureSpaceSummary summary) = await gallery.HoldIndexAsync(options.Space, null, cancellationToken).ConfigureAwait(false);
        try
        {
            var file = new MapFile(gallery.Store, summary.Space, gallery.Metric, options);
            SortedDictionary<int, Vector2>? places = options.Renew ? null : file.Read();
            int placed = 0;
            bool isNew = false;
            if (places is not null)
            {
                int before = places.Count;
                placed = await PlaceAsync(gallery.Store, index, summary, places, options.NeighborCount, cancellationToken).ConfigureAwait(false);
                places = placed < 0 ? null : places;
                if (places is not null && placed == 0 && places.Count == before)
                {
                    return new GalleryMap(await DescribeAsync(gallery.Store, summary, places, cancellationToken).ConfigureAwait(false), isNew, placed, isKept: true);
                }
            }

            if (places is null)
            {
                places = await LayOutAsync(gallery, summary, options, progress, cancellationToken).ConfigureAwait(false);
                (isNew, placed) = (true, 0);
            }

            bool isKept = file.Write(places);
            return new GalleryMap(await DescribeAsync(gallery.Store, summary, places, cancellationToken).ConfigureAwait(false), isNew, placed, isKept);
        }
        finally
        {
            index.Release();
        }
    }

    /// <summary>The positions of <see cref="Places"/>, moved and scaled into the square from 0 to 1. The proportions stay, and the map lies in the middle.</summary>
    /// <returns>A position for each place, in the same order.</returns>
    public IReadOnlyList<Vector2> InUnitSquare()
    {
        if (Places.Count == 0)
        {
            return [];
        }

        IEnumerable<Vector2> positions = Places.Select(place => place.Position);
        Vector2 least = positions.Aggregate(Vector2.Min), size = positions.Aggregate(Vector2.Max) - least;
        float side = Math.Max(size.X, size.Y);
        if (side == 0)
        {
            return [.. positions.Select(_ => new Vector2(0.5f))];
        }

        Vector2 corner = least - ((new Vector2(side) - size) / 2);
        return [.. positions.Select(position => Vector2.Clamp((position - corner) / side, Vector2.Zero, Vector2.One))];
    }

    private static async Task<SortedDictionary<int, Vector2>> LayOutAsync(
        Gallery gallery, FeatureSpaceSummary summary, GalleryMapOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        NeighborGraph graph = await NeighborGraphBuilder.BuildAsync(
            gallery, new NeighborGraphOptions { NeighborCount = options.NeighborCount, Space = summary.Space }, null, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Vector2> layout = await Task.Run(
            () => UmapLayout.Compute(graph, new UmapOptions { Seed = options.Seed }, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        SortedDictionary<int, Vector2> places = [];
        for (int i = 0; i < layout.Count; i++)
        {
            places.Add(graph.SignatureIds![i], layout[i]);
        }

        return places;
    }

    /// <summary>Takes the works that are gone off the map and places the new ones.</summary>
    /// <returns>How many were placed; −1 when the map has to be made anew, for too many are new or one has no neighbour on the map.</returns>
    private static async Task<int> PlaceAsync(
        IGalleryStore store, LiveIndex index, FeatureSpaceSummary summary, SortedDictionary<int, Vector2> places, int k, CancellationToken cancellationToken)
    {
        IdSet present = await store.SelectAsync(summary.Space, new PaintingFilter(), cancellationToken).ConfigureAwait(false);
        int last = places.Count == 0 ? -1 : places.Keys.Last();
        foreach (int gone in places.Keys.Where(id => !present.Contains(id)).ToArray())
        {
            places.Remove(gone);
        }

        if (present.Count - places.Count > MostNew * present.Count)
        {
            return -1;
        }

        // Ids grow, and none is used twice: what is new lies behind the last one.
        VectorSet added = await store.ReadSignaturesAsync(summary.Space, last, cancellationToken).ConfigureAwait(false);
        for (int row = 0; row < added.Count; row++)
        {
            ArraySegment<Neighbor> nearest = await index.SearchAsync(added[row].ToArray(), k + 1, null, null, cancellationToken).ConfigureAwait(false);
            Vector2 sum = Vector2.Zero;
            float weights = 0;
            foreach (Neighbor neighbor in nearest)
            {
                if (places.TryGetValue(neighbor.Id, out Vector2 place))
                {
                    float weight = 1 / Math.Max(neighbor.Distance, 1e-3f);
                    sum += weight * place;
                    weights += weight;
                }
            }

            if (weights == 0)
            {
                return -1;
            }

            places[added.Ids[row]] = sum / weights;
        }

        return added.Count;
    }

    private static async Task<List<MapPlace>> DescribeAsync(
        IGalleryStore store, FeatureSpaceSummary summary, SortedDictionary<int, Vector2> places, CancellationToken cancellationToken)
    {
        List<MapPlace> described = new(places.Count);
        foreach (KeyValuePair<int, Vector2>[] chunk in places.Chunk(WorksPerLookup))
        {
            IReadOnlyList<Painting?> works = await store.GetPaintingsAsync(summary.Space, [.. chunk.Select(place => place.Key)], cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < chunk.Length; i++)
            {
                if (works[i] is Painting work) // not where it was removed meanwhile
                {
                    described.Add(new MapPlace(work, chunk[i].Value));
                }
            }
        }

        return described;
    }
}
