using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite.Caches;
using ArtSimilarity.Sqlite.Connections;
using ArtSimilarity.Sqlite.Rows;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite.Queries;

/// <summary>The changes of one transaction. What is not committed is rolled back when it is disposed of.</summary>
internal sealed class GalleryTransaction : IDisposable
{
    /// <summary>How many commits an index may be behind and still be brought up to date by what changed.</summary>
    private const int RememberedChanges = 1 << 16;

    private readonly SqliteSession _session;
    private readonly SpaceCatalog _catalog;
    private readonly Dictionary<FeatureSpace, long> _spaces = [];
    private readonly Dictionary<long, SpaceGrowth> _growth = [];
    private byte[] _blob = [];
    private readonly bool _beginsLog;
    private bool _changesWhatWasThere;
    private bool _changesWhatFiltersAskFor;

    public GalleryTransaction(GalleryFile file, SqliteSession session, SpaceCatalog catalog)
    {
        _session = session;
        _catalog = catalog;
        session.Execute("BEGIN IMMEDIATE");
        _beginsLog = file.LogLength == 0; // no other process can write now
    }

    /// <exception cref="ArgumentException">The work is to be renamed to the key of another.</exception>
    public void Write(GalleryEntry entry)
    {
        if (entry.FormerKey is string formerKey)
        {
            Rekey(entry, formerKey);
        }

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

        foreach (IGrouping<FeatureSpace, Signature> ofSpace in entry.Signatures.GroupBy(signature => signature.Space))
        {
            long space = GetOrAdd(ofSpace.Key);
            if (former is not null)
            {
                RemoveSignatures(work, space);
            }

            foreach (Signature signature in ofSpace)
            {
                Write(work, space, signature);
            }
        }
    }

    public int Remove(IReadOnlyCollection<string> keys)
    {
        string list = JsonList.Of(keys);
        using (SqliteDataReader row = _session.Query(
            """
            SELECT s.space_id, s.id FROM works w JOIN signatures s ON s.work_id = w.id
            WHERE w.key IN (SELECT value FROM json_each($1))
            """,
            list))
        {
            while (row.Read())
            {
                Shrink(row.GetInt64(0), SignatureBlob.Id(row, 1));
            }
        }

        List<(long Work, Painting Painting)> works = [];
        using (SqliteDataReader row = _session.Query($"SELECT {WorkRow.Columns}, w.id FROM works w WHERE w.key IN (SELECT value FROM json_each($1))", list))
        {
            while (row.Read())
            {
                works.Add((row.GetInt64(WorkRow.ColumnCount), WorkRow.Read(row, 0)));
            }
        }

        foreach ((long work, Painting painting) in works)
        {
            WorkLabels.Delete(_session, work, painting);
        }

        _session.Execute("DELETE FROM works WHERE key IN (SELECT value FROM json_each($1))", list);
        int removed = checked((int)_session.Integer("SELECT changes()")!.Value);
        _changesWhatWasThere |= removed > 0;
        return removed;
    }

    public void SetProperty(string name, string? value)
    {
        if (value is null)
        {
            _session.Execute("DELETE FROM properties WHERE name = $1", name);
        }
        else
        {
            _session.Execute(
                "INSERT INTO properties (name, value, checksum) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET value = excluded.value, checksum = excluded.checksum",
                name, value, RowChecksum.OfProperty(name, value));
        }
    }

    /// <summary>What was added to the spaces that gained a few signatures and lost none.</summary>
    public IEnumerable<RecentAdditions> Additions => _growth.Values.Select(growth => growth.Additions).OfType<RecentAdditions>();

    public void Commit()
    {
        foreach ((long space, SpaceGrowth growth) in _growth)
        {
            long token = Random.Shared.NextInt64(1, long.MaxValue);
            long generation = _session.Integer(
                "UPDATE feature_spaces SET signature_count = signature_count + $2, generation = generation + 1, token = $3 WHERE id = $1 RETURNING generation",
                space, growth.Count, token)!.Value;
            _session.Execute(
                "INSERT INTO changes (space_id, generation, token, removed) VALUES ($1, $2, $3, $4)",
                space, generation, token, growth.Removed.Count == 0 ? null : IdBlob.Write(growth.Removed));
            _session.Execute("DELETE FROM changes WHERE space_id = $1 AND generation <= $2", space, generation - RememberedChanges);
            growth.Additions?.After = new SpaceVersion(generation, token);
        }

        if (_changesWhatWasThere)
        {
            _session.Execute("UPDATE gallery SET catalogue_token = $1", CatalogueToken.Next(CatalogueToken.Read(_session), _changesWhatFiltersAskFor));
        }

        if (_beginsLog)
        {
            _session.Execute("UPDATE gallery SET former_state = state, state = $1", Random.Shared.NextInt64());
        }

        _session.Execute("COMMIT");
        foreach ((FeatureSpace space, long id) in _spaces)
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
        contentHash = found ? ContentHash.Read(row, WorkRow.ColumnCount) : null;
        return found ? row.GetInt64(WorkRow.ColumnCount + 1) : null;
    }

    private void Rekey(GalleryEntry entry, string formerKey)
    {
        if (Find(formerKey, out Painting? former, out string? contentHash) is not long work)
        {
            return;
        }

        if (_session.Integer("SELECT id FROM works WHERE key = $1", entry.Painting.Key) is not null)
        {
            throw EntryValidation.KeyIsTaken(entry, "entries");
        }

        Update(work, former!.WithKey(entry.Painting.Key), contentHash!, former);
    }

    private long Insert(GalleryEntry entry)
    {
        // The row's number is part of its checksum.
        Painting painting = entry.Painting;
        long work = (_session.Integer("SELECT MAX(id) FROM works") ?? 0) + 1;
        WorkTexts texts = WorkTexts.Of(painting);
        _session.Execute(
            """
            INSERT INTO works (id, key, title, artist, further_artists, genre, genre_folded, style, style_folded, year, date, earliest, latest,
                image_uri, content_hash, tags, fields, checksum)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            """,
            Values(work, painting, entry.ContentHash!, texts));
        InsertTags(work, painting.Tags);
        WorkLabels.Insert(_session, work, painting);
        return work;
    }

    private void Update(long work, Painting painting, string contentHash, Painting former)
    {
        _changesWhatWasThere = true;

        // Named is what no filter asks for, so that a field that is forgotten here costs time and no right answer.
        _changesWhatFiltersAskFor |= !painting.Equals(former with { Title = painting.Title, ImageUri = painting.ImageUri });
        WorkTexts texts = WorkTexts.Of(painting);
        _session.Execute(
            """
            UPDATE works SET key = $2, title = $3, artist = $4, further_artists = $5, genre = $6, genre_folded = $7, style = $8, style_folded = $9,
                year = $10, date = $11, earliest = $12, latest = $13, image_uri = $14, content_hash = $15, tags = $16, fields = $17, checksum = $18
            WHERE id = $1
            """,
            Values(work, painting, contentHash, texts));
        if (!painting.Tags.SequenceEqual(former.Tags))
        {
            _session.Execute("DELETE FROM tags WHERE work_id = $1", work);
            InsertTags(work, painting.Tags);
        }

        if (!painting.Artists.SequenceEqual(former.Artists) || !painting.Fields.Equals(former.Fields))
        {
            WorkLabels.Delete(_session, work, former);
            WorkLabels.Insert(_session, work, painting);
        }
    }

    private static object?[] Values(long work, Painting painting, string contentHash, WorkTexts texts) =>
    [
        work, painting.Key, painting.Title, painting.Artist, texts.FurtherArtists, painting.Genre, Fold(painting.Genre), painting.Style, Fold(painting.Style),
        painting.Year, painting.Date?.Text, painting.Date?.Earliest, painting.Date?.Latest, painting.ImageUri, ContentHash.Pack(contentHash), texts.Tags, texts.Fields,
        RowChecksum.OfWork(work, painting, contentHash, texts),
    ];

    private void InsertTags(long work, IReadOnlyList<string> tags)
    {
        foreach (string folded in tags.Select(LabelFolding.Fold).Distinct(StringComparer.Ordinal))
        {
            _session.Execute("INSERT INTO tags (work_id, folded) VALUES ($1, $2)", work, folded);
        }
    }

    private static string? Fold(string? label) => label is null ? null : LabelFolding.Fold(label);

    private void RemoveSignatures(long work)
    {
        using (SqliteDataReader row = _session.Query("SELECT space_id, id FROM signatures WHERE work_id = $1", work))
        {
            while (row.Read())
            {
                Shrink(row.GetInt64(0), SignatureBlob.Id(row, 1));
            }
        }

        _session.Execute("DELETE FROM signatures WHERE work_id = $1", work);
    }

    private void RemoveSignatures(long work, long space)
    {
        // The rows are deleted when the first is read, and the others are read in memory.
        using SqliteDataReader row = _session.Query("DELETE FROM signatures WHERE work_id = $1 AND space_id = $2 RETURNING id", work, space);
        while (row.Read())
        {
            Shrink(space, SignatureBlob.Id(row, 0));
        }
    }

    private void Write(long work, long space, Signature signature)
    {
        SpaceGrowth growth = Of(space); // before the row is there: it reads the state before
        int length = signature.Vector.Length * sizeof(float);
        if (_blob.Length != length)
        {
            _blob = new byte[length];
        }

        SignatureBlob.Write(signature.Vector.Span, _blob);
        byte[] region = RegionBlob.Of(signature.Region);
        _session.Execute(
            "INSERT INTO signatures (space_id, work_id, checksum, region, vector) VALUES ($1, $2, $3, $4, $5)",
            space, work, RowChecksum.OfSignature(space, work, _blob, region), region, _blob);
        growth.Count++;
        if (growth.Additions?.TryAdd(_session.LastInsertedId, signature.Vector.Span) == false)
        {
            growth.Additions = null;
        }
    }

    private long GetOrAdd(FeatureSpace space)
    {
        if (_spaces.TryGetValue(space, out long id))
        {
            return id;
        }

        // Looked up anew by each transaction: a gallery that was put back meanwhile may not have the space, or under another number.
        id = _session.Integer(
                "SELECT id FROM feature_spaces WHERE model_id = $1 AND preprocessing = $2 AND dimensions = $3",
                space.ModelId, space.Preprocessing, space.Dimensions)
            ?? _session.Integer(
                "INSERT INTO feature_spaces (model_id, preprocessing, dimensions) VALUES ($1, $2, $3) RETURNING id",
                space.ModelId, space.Preprocessing, space.Dimensions)!.Value;
        _spaces.Add(space, id);
        return id;
    }

    private void Shrink(long space, int removedId)
    {
        SpaceGrowth growth = Of(space);
        growth.Count--;
        growth.Removed.Add(removedId);
        growth.Additions = null;
        _changesWhatWasThere = true;
    }

    /// <summary>What this transaction does to a space; that the space is noted at all makes a new generation of it.</summary>
    private SpaceGrowth Of(long space)
    {
        if (!_growth.TryGetValue(space, out SpaceGrowth? growth))
        {
            growth = new SpaceGrowth { Additions = new RecentAdditions(space, SpaceRows.VersionOf(_session, space), SpaceRows.LastIdOf(_session, space)) };
            _growth.Add(space, growth);
        }

        return growth;
    }

    private sealed class SpaceGrowth
    {
        public int Count { get; set; }

        public List<int> Removed { get; } = [];

        /// <summary><see langword="null"/> where something was removed, or more than a few were added.</summary>
        public RecentAdditions? Additions { get; set; }
    }
}
