using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>
/// The works that have a signature in each of several feature spaces, as of one moment: which ids are the same work's. A work is
/// known by its place, from 0 on; places of works that are gone stay empty. Never changed.
/// </summary>
/// <param name="ids">The ids in each space, by place; behind the last place there may be later ones.</param>
/// <param name="places">In each space, 1 + the place of each id; 0 where it has none. It may name later places.</param>
/// <param name="placeCount">The number of places.</param>
/// <param name="gone">The places that are empty; <see langword="null"/> for none.</param>
/// <param name="all">The ids of all these works in each space; <see langword="null"/> where the space has no others.</param>
/// <param name="versions">The state of each space.</param>
internal sealed class SharedWorks(int[][] ids, int[][] places, int placeCount, IdSet? gone, IdSet?[] all, SpaceVersion[] versions)
{
    /// <summary>The number of places, the empty ones included.</summary>
    public int PlaceCount => placeCount;

    /// <summary>The number of works.</summary>
    public int Count => placeCount - (gone?.Count ?? 0);

    /// <summary>Whether nothing was written or removed in any of the spaces between these works and the summaries given.</summary>
    public bool Reflects(IReadOnlyList<FeatureSpaceSummary> summaries)
    {
        for (int space = 0; space < versions.Length; space++)
        {
            if (summaries[space].Version != versions[space])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a place is that of a work.</summary>
    public bool Has(int place) => gone is null || !gone.Contains(place);

    /// <summary>The id that a work's signature has in a space.</summary>
    public int IdOf(int space, int place) => ids[space][place];

    /// <summary>The place of the work an id of a space belongs to, or −1 when it is none of these.</summary>
    public int PlaceOf(int space, int id)
    {
        int[] placesOfIds = places[space];
        int place = (uint)id < (uint)placesOfIds.Length ? placesOfIds[id] - 1 : -1;
        return place < placeCount && Has(place) ? place : -1;
    }

    /// <summary>
    /// The ids in a space of the works that a filter allows by their ids in the first space; <see langword="null"/> when all ids of
    /// the space are.
    /// </summary>
    public IdSet? Allowed(int space, IdSet? filter)
    {
        if (filter is null)
        {
            return all[space];
        }

        var allowed = new IdSet();
        for (int place = 0; place < placeCount; place++)
        {
            if (Has(place) && filter.Contains(ids[0][place]))
            {
                allowed.Add(ids[space][place]);
            }
        }

        return allowed;
    }
}
