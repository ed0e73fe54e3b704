using System.Collections.Concurrent;
using ArtSimilarity.Features;
using ArtSimilarity.Sqlite.Connections;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>
/// The rows of committed feature spaces. A row never changes its space and never goes, so each is read once. Only in a gallery that was put back
/// to an earlier state another space may have the number.
/// </summary>
internal sealed class SpaceCatalog
{
    private readonly ConcurrentDictionary<FeatureSpace, long> _ids = new();
    private readonly ConcurrentDictionary<long, FeatureSpace> _spaces = new();

    public void Add(long id, FeatureSpace space)
    {
        if (_spaces.TryGetValue(id, out FeatureSpace? former) && former != space)
        {
            _ids.TryRemove(former, out _);
        }

        _ids[space] = id;
        _spaces[id] = space;
    }

    /// <summary>The row of a space; <see langword="false"/> when nothing was ever written in it.</summary>
    public bool TryGetId(SqliteSession session, FeatureSpace space, out long id)
    {
        if (_ids.TryGetValue(space, out id))
        {
            return true;
        }

        Load(session);
        return _ids.TryGetValue(space, out id);
    }

    /// <summary>The space of a row that a reader has seen.</summary>
    public FeatureSpace Get(SqliteSession session, long id)
    {
        if (!_spaces.TryGetValue(id, out FeatureSpace? space))
        {
            Load(session);
            space = _spaces.TryGetValue(id, out FeatureSpace? loaded) ? loaded : throw new FormatException($"There is no feature space {id}.");
        }

        return space;
    }

    private void Load(SqliteSession session)
    {
        using SqliteDataReader row = session.Query("SELECT id, model_id, preprocessing, dimensions FROM feature_spaces");
        while (row.Read())
        {
            try
            {
                Add(row.GetInt64(0), new FeatureSpace(row.GetString(1), row.GetString(2), row.GetInt32(3)));
            }
            catch (ArgumentException e)
            {
                throw new FormatException($"Feature space {row.GetInt64(0)} cannot be read.", e);
            }
        }
    }
}
