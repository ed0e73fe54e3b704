using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries;

/// <summary>
/// The works that have a signature in each of several feature spaces, as of one moment: which ids are the same work's. A work is
/// known by its place, from 0 on, in the order of the ids in the first space. Never changed.
/// </summary>
internal sealed class SharedWorks
{
    private readonly IReadOnlyList<int[]> _ids;
    private readonly int[][] _sortedIds, _places;
    private readonly IdSet?[] _all;
    private readonly SpaceVersion[] _versions;

    /// <param name="ids">The ids in each space, work by work, as <see cref="IGalleryStore.SelectInAllAsync"/> gives them.</param>
    /// <param name="summaries">What each space held just before.</param>
    public SharedWorks(IReadOnlyList<int[]> ids, IReadOnlyList<FeatureSpaceSummary> summaries)
    {
        _ids = ids;
        _versions = [.. summaries.Select(summary => summary.Version)];
        _sortedIds = new int[ids.Count][];
        _places = new int[ids.Count][];
        _all = new IdSet?[ids.Count];
        for (int space = 0; space < ids.Count; space++)
        {
            int[] sorted = [.. ids[space]], places = [.. Enumerable.Range(0, sorted.Length)];
            Array.Sort(sorted, places);
            (_sortedIds[space], _places[space]) = (sorted, places);

            // An index that is not filtered is faster. Ids of other works, which it may have got since, are then passed over.
            _all[space] = summaries[space].Count == sorted.Length ? null : new IdSet(sorted);
        }
    }

    /// <summary>The number of works.</summary>
    public int Count => _ids[0].Length;

    /// <summary>Whether nothing was written or removed in any of the spaces between these works and the summaries given.</summary>
    public bool Reflects(IReadOnlyList<FeatureSpaceSummary> summaries) => summaries.Select(summary => summary.Version).SequenceEqual(_versions);

    /// <summary>The id that a work's signature has in a space.</summary>
    public int IdOf(int space, int place) => _ids[space][place];

    /// <summary>The work an id of a space belongs to, or −1 when it is none of these.</summary>
    /// <param name="space">The number of the space.</param>
    /// <param name="id">The id.</param>
    /// <param name="next">Where the id is expected, 0 at first: ids that come in ascending order, as those of a scan, are found without a search.</param>
    public int PlaceOf(int space, int id, ref int next)
    {
        int[] sorted = _sortedIds[space];
        if (next >= sorted.Length || sorted[next] != id)
        {
            int at = Array.BinarySearch(sorted, id);
            if (at < 0)
            {
                next = ~at;
                return -1;
            }

            next = at;
        }

        return _places[space][next++];
    }

    /// <summary>
    /// The ids in a space of the works that a filter allows by their ids in the first space; <see langword="null"/> when all ids of
    /// the space are.
    /// </summary>
    public IdSet? Allowed(int space, IdSet? filter)
    {
        if (filter is null)
        {
            return _all[space];
        }

        var allowed = new IdSet();
        for (int place = 0; place < Count; place++)
        {
            if (filter.Contains(_ids[0][place]))
            {
                allowed.Add(_ids[space][place]);
            }
        }

        return allowed;
    }
}
