using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite.Connections;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>What a session sees of the state of a feature space.</summary>
internal static class SpaceRows
{
    public static SpaceVersion VersionOf(SqliteSession session, long spaceId)
    {
        using SqliteDataReader row = session.Query("SELECT generation, token FROM feature_spaces WHERE id = $1", spaceId);
        return row.Read() && row.GetInt64(0) > 0 ? new SpaceVersion(row.GetInt64(0), row.GetInt64(1)) : default;
    }

    /// <summary>The highest id of the signatures that are there; −1 without any.</summary>
    public static int LastIdOf(SqliteSession session, long spaceId) =>
        checked((int)(session.Integer("SELECT id FROM signatures INDEXED BY signatures_by_space WHERE space_id = $1 ORDER BY id DESC LIMIT 1", spaceId) ?? -1));
}
