using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite;

/// <summary>The changes of one transaction. What is not committed is rolled back when it is disposed of.</summary>
internal sealed class GalleryTransaction : IDisposable
{
    private readonly SqliteSession _session;
    private readonly SpaceCatalog _catalog;
    private readonly Dictionary<FeatureSpace, long> _newSpaces = [];
    private readonly Dictionary<long, int> _growth = [];
    private byte[] _blob = [];

    public GalleryTransaction(SqliteSession session, SpaceCatalog catalog)
    {
        _session = session;
        _catalog = catalog;
        session.Execute("BEGIN IMMEDIATE");
    }

    public void Write(GalleryEntry entry)
    {
        long? stored = Find(entry.Painting.Key, out Painting? former, out string? formerHash);
        if (entry.ContentHash is null)
        {
            if (former is not null && !former.Equals(entry.Painting))
            {
                Update(stored!.Value, entry.Painting, formerHash!, former);
            }

            return;
        }

        long work = stored ?? Insert(entry);
        if (former is not null && (formerHash != entry.ContentHash || !former.Equals(entry.Painting)))
        {
            Update(work, entry.Painting, entry.ContentHash, former);
            if (formerHash != entry.ContentHash)
            {
                RemoveSignatures(work);
            }
        }

        foreach (Signature signature in entry.Signatures)
        {
            Write(work, signature, isNewWork: former is null);
        }
    }

    public int Remove(IReadOnlyCollection<string> keys)
    {
        string list = JsonList.Of(keys);
        using (SqliteDataReader row = _session.Query(
            """
            SELECT s.space_id, COUNT(*) FROM works w JOIN signatures s ON s.work_id = w.id
            WHERE w.key IN (SELECT value FROM json_each($1)) GROUP BY s.space_id
            """,
            list))
        {
            while (row.Read())
            {
                Grow(row.GetInt64(0), -row.GetInt32(1));
            }
        }

        _session.Execute("DELETE FROM works WHERE key IN (SELECT value FROM json_each($1))", list);
        return checked((int)_session.Integer("SELECT changes()")!.Value);
    }

    public void SetProperty(string name, string? value)
    {
        if (value is null)
        {
            _session.Execute("DELETE FROM properties WHERE name = $1", name);
        }
        else
        {
            _session.Execute("INSERT INTO properties (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value);
        }
    }

    public void Commit()
    {
        foreach ((long space, int growth) in _growth)
        {
            _session.Execute("UPDATE feature_spaces SET signature_count = signature_count + $2, generation = generation + 1 WHERE id = $1", space, growth);
        }

        _session.Execute("COMMIT");
        foreach ((FeatureSpace space, long id) in _newSpaces)
        {
            _catalog.Add(id, space);
        }
    }

    public void Dispose()
    {
        if (_session.InTransaction)
        {
            _session.Execute("ROLLBACK");
        }
    }

    private long? Find(string key, out Painting? painting, out string? contentHash)
    {
        using SqliteDataReader row = _session.Query($"SELECT {WorkRow.Columns}, w.content_hash, w.id FROM works w WHERE w.key = $1", key);
        bool found = row.Read();
        painting = found ? WorkRow.Read(row, 0) : null;
        contentHash = found ? row.GetString(WorkRow.ColumnCount) : null;
        return found ? row.GetInt64(WorkRow.ColumnCount + 1) : null;
    }

    private long Insert(GalleryEntry entry)
    {
        Painting painting = entry.Painting;
        long work = _session.Integer(
            """
            INSERT INTO works (key, title, artist, genre, style, year, image_uri, content_hash)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
            """,
            painting.Key, painting.Title, painting.Artist, painting.Genre, painting.Style, painting.Year, painting.ImageUri, entry.ContentHash)!.Value;
        InsertTags(work, painting.Tags);
        return work;
    }

    private void Update(long work, Painting painting, string contentHash, Painting former)
    {
        _session.Execute(
            """
            UPDATE works SET title = $2, artist = $3, genre = $4, style = $5, year = $6, image_uri = $7, content_hash = $8
            WHERE id = $1
            """,
            work, painting.Title, painting.Artist, painting.Genre, painting.Style, painting.Year, painting.ImageUri, contentHash);
        if (!painting.Tags.SequenceEqual(former.Tags))
        {
            _session.Execute("DELETE FROM tags WHERE work_id = $1", work);
            InsertTags(work, painting.Tags);
        }
    }

    private void InsertTags(long work, IReadOnlyList<string> tags)
    {
        for (int i = 0; i < tags.Count; i++)
        {
            _session.Execute("INSERT INTO tags (work_id, position, tag) VALUES ($1, $2, $3)", work, i, tags[i]);
        }
    }

    private void RemoveSignatures(long work)
    {
        using (SqliteDataReader row = _session.Query("SELECT space_id FROM signatures WHERE work_id = $1", work))
        {
            while (row.Read())
            {
                Grow(row.GetInt64(0), -1);
            }
        }

        _session.Execute("DELETE FROM signatures WHERE work_id = $1", work);
    }

    private void Write(long work, Signature signature, bool isNewWork)
    {
        long space = GetOrAdd(signature.Space);
        if (!isNewWork)
        {
            _session.Execute("DELETE FROM signatures WHERE work_id = $1 AND space_id = $2", work, space);
            Grow(space, -(int)_session.Integer("SELECT changes()")!.Value);
        }

        int length = signature.Vector.Length * sizeof(float);
        if (_blob.Length != length)
        {
            _blob = new byte[length];
        }

        SignatureBlob.Write(signature.Vector.Span, _blob);
        _session.Execute("INSERT INTO signatures (space_id, work_id, vector) VALUES ($1, $2, $3)", space, work, _blob);
        Grow(space, 1);
    }

    private long GetOrAdd(FeatureSpace space)
    {
        if (_catalog.TryGetKnownId(space, out long id) || _newSpaces.TryGetValue(space, out id))
        {
            return id;
        }

        id = _session.Integer(
                "SELECT id FROM feature_spaces WHERE model_id = $1 AND preprocessing = $2 AND dimensions = $3",
                space.ModelId, space.Preprocessing, space.Dimensions)
            ?? _session.Integer(
                "INSERT INTO feature_spaces (model_id, preprocessing, dimensions) VALUES ($1, $2, $3) RETURNING id",
                space.ModelId, space.Preprocessing, space.Dimensions)!.Value;
        _newSpaces.Add(space, id);
        return id;
    }

    /// <summary>Counts signatures added or removed; that the space is noted at all makes a new generation of it.</summary>
    private void Grow(long space, int by) => _growth[space] = _growth.GetValueOrDefault(space) + by;
}
