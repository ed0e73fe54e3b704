using ArtSimilarity.Sqlite.Connections;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>
/// Names the state of the works that were there already. The upper half changes with what filters ask for, the lower half with every change.
/// So a corrected title leaves the selections of all filters as they are.
/// </summary>
/// <remarks>Versions that knew no halves draw the whole number anew, and compare the whole: they fit with this one.</remarks>
internal static class CatalogueToken
{
    private const int Half = 32;

    public static long Read(SqliteSession session) => session.Integer("SELECT catalogue_token FROM gallery") ?? 0;

    /// <summary>The part that changes with what filters ask for.</summary>
    public static long OfFilters(long token) => token >> Half;

    /// <summary>Another token.</summary>
    /// <param name="former">The present one.</param>
    /// <param name="filtersToo">Whether something changed that filters ask for.</param>
    public static long Next(long former, bool filtersToo)
    {
        long filters = OfFilters(former), next;
        do
        {
            next = Random.Shared.NextInt64();
            next = filtersToo ? next : (filters << Half) | (next & uint.MaxValue);
        }
        while (next == former || (OfFilters(next) == filters) == filtersToo);
        return next;
    }
}
