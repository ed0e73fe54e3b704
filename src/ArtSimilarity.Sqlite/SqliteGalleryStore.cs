using System.Globalization;
using System.Runtime.CompilerServices;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite;

/// <summary>A gallery in one SQLite file.</summary>
/// <remarks>
/// <para>
/// A commit is flushed to the medium before the call that made it ends (write-ahead log, <c>synchronous = FULL</c>): it
/// survives the end of the process, of the system and of the power.
/// </para>
/// <para>
/// Safe to call from several threads at once, and several processes may use one file: readers never wait, writers take
/// turns. SQLite has no asynchronous calls: each method runs on the calling thread, and only the wait for another writer of
/// the same store is asynchronous. While the store is open, <c>-wal</c> and <c>-shm</c> files lie beside the gallery and
/// belong to it; the last store to close removes them.
/// </para>
/// <para>Every method throws <see cref="GalleryStoreException"/> when the file is damaged, locked for too long or not writable.</para>
/// </remarks>
public sealed class SqliteGalleryStore : IGalleryStore, IDisposable
{
    private readonly GalleryFile _file;
    private readonly SqliteSession _writer;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SessionPool _readers;
    private readonly SpaceCatalog _catalog = new();
    private bool _disposed;

    private SqliteGalleryStore(GalleryFile file, SqliteSession writer, Guid identity)
    {
        _file = file;
        _writer = writer;
        _readers = new SessionPool(() => file.Open(SqliteOpenMode.ReadWrite, readsOnly: true), Environment.ProcessorCount);
        Identity = identity;
    }

    /// <inheritdoc/>
    public Guid Identity { get; }

    /// <summary>The full path of the gallery file.</summary>
    public string FilePath => _file.Path;

    /// <summary>The folder for files derived from this gallery: the file's full path followed by <c>.index</c>. It need not exist.</summary>
    public string DerivedFilesDirectory => _file.Path + ".index";

    /// <summary>Opens a gallery file, and creates it when there is none or the file is empty.</summary>
    /// <param name="path">The path of the file; its folder must exist.</param>
    /// <param name="options">How to open it; <see langword="null"/> for the defaults.</param>
    /// <returns>The open gallery.</returns>
    /// <exception cref="ArgumentException">The path is blank, or an option is out of range.</exception>
    /// <exception cref="GalleryStoreException">
    /// The file is no gallery, is damaged, was written by a newer version, cannot be created, or does not exist though it must.
    /// </exception>
    public static SqliteGalleryStore Open(string path, SqliteGalleryOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new SqliteGalleryOptions();
        options.Validate();
        var file = new GalleryFile(Path.GetFullPath(path), options.BusyTimeout);
        SqliteSession writer = Schema.Open(file, options.MustExist, out Guid identity);
        return new SqliteGalleryStore(file, writer, identity);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FeatureSpaceSummary>> GetFeatureSpacesAsync(CancellationToken cancellationToken = default) =>
        Read<IReadOnlyList<FeatureSpaceSummary>>(
            session =>
            {
                var summaries = new List<FeatureSpaceSummary>();
                using SqliteDataReader row = session.Query("SELECT id, signature_count, generation FROM feature_spaces ORDER BY id");
                while (row.Read())
                {
                    summaries.Add(new FeatureSpaceSummary(_catalog.Get(session, row.GetInt64(0)), row.GetInt32(1), row.GetInt64(2)));
                }

                return summaries;
            },
            cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// A key appears twice, an entry has two signatures in one space, or a text has a null character or half a surrogate pair.
    /// </exception>
    public async ValueTask WriteAsync(IReadOnlyList<GalleryEntry> entries, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        entries = [.. entries];
        EntryValidation.ThrowIfUnusable(entries, nameof(entries));
        await ChangeAsync(
            transaction =>
            {
                foreach (GalleryEntry entry in entries)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    transaction.Write(entry);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<int> RemoveAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return ChangeAsync(transaction => transaction.Remove(keys), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, StoredWork>> FindAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Read<IReadOnlyDictionary<string, StoredWork>>(
            session =>
            {
                var found = new Dictionary<string, StoredWork>(StringComparer.Ordinal);
                using SqliteDataReader row = session.Query(
                    $"""
                    SELECT {WorkRow.Columns}, w.content_hash,
                        (SELECT json_group_array(s.space_id ORDER BY s.space_id) FROM signatures s WHERE s.work_id = w.id)
                    FROM works w WHERE w.key IN (SELECT value FROM json_each($1))
                    """,
                    JsonList.Of(keys));
                while (row.Read())
                {
                    Painting painting = WorkRow.Read(row, 0);
                    FeatureSpace[] spaces = Array.ConvertAll(JsonList.Numbers(row.GetString(WorkRow.ColumnCount + 1)), id => _catalog.Get(session, id));
                    found[painting.Key] = new StoredWork(painting, row.GetString(WorkRow.ColumnCount), spaces);
                }

                return found;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<int> CountAsync(PaintingFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var sql = new FilterSql(filter);
        return Read(
            session => checked((int)session.Integer($"SELECT COUNT(*) FROM works w WHERE {sql.Conditions}", sql.Arguments)!.Value),
            cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredWork> ListAsync(PaintingFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return ListInPagesAsync(filter, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IdSet> SelectAsync(FeatureSpace space, PaintingFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(filter);
        return Read(
            session =>
            {
                var selected = new IdSet();
                if (!_catalog.TryGetId(session, space, out long spaceId))
                {
                    return selected;
                }

                var sql = new FilterSql(filter, spaceId);
                using SqliteDataReader row = filter.IsEmpty
                    ? session.Query("SELECT id FROM signatures WHERE space_id = $1", spaceId)
                    : session.Query($"SELECT s.id FROM works w CROSS JOIN signatures s ON s.work_id = w.id AND s.space_id = $1 WHERE {sql.Conditions}", sql.Arguments);
                while (row.Read())
                {
                    selected.Add(SignatureBlob.Id(row, 0));
                }

                return selected;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<int[]>> SelectInAllAsync(IReadOnlyList<FeatureSpace> spaces, CancellationToken cancellationToken = default)
    {
        EntryValidation.ThrowIfNotDistinct(spaces, nameof(spaces));
        return Read<IReadOnlyList<int[]>>(
            session =>
            {
                List<int>[] ids = [.. spaces.Select(_ => new List<int>())];
                object?[] spaceIds = new object?[ids.Length];
                for (int i = 0; i < ids.Length; i++)
                {
                    if (!_catalog.TryGetId(session, spaces[i], out long spaceId))
                    {
                        return Array.ConvertAll(ids, _ => Array.Empty<int>());
                    }

                    spaceIds[i] = spaceId;
                }

                // The plus keeps SQLite to the index by work and space, which holds all that is needed: one pass, no row is touched.
                string[] parameters = [.. Enumerable.Range(1, ids.Length).Select(number => "$" + number.ToString(CultureInfo.InvariantCulture))];
                using SqliteDataReader row = session.Query(
                    $"""
                    SELECT {string.Join(", ", parameters.Select(parameter => $"MAX(CASE WHEN space_id = {parameter} THEN id END)"))}
                    FROM signatures WHERE +space_id IN ({string.Join(", ", parameters)})
                    GROUP BY work_id HAVING COUNT(*) = {ids.Length.ToString(CultureInfo.InvariantCulture)}
                    """,
                    spaceIds);
                while (row.Read())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    for (int i = 0; i < ids.Length; i++)
                    {
                        ids[i].Add(SignatureBlob.Id(row, i));
                    }
                }

                int[] order = [.. Enumerable.Range(0, ids[0].Count)];
                Array.Sort(ids[0].ToArray(), order);
                return Array.ConvertAll(ids, list => Array.ConvertAll(order, place => list[place]));
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<VectorSet> ReadSignaturesAsync(FeatureSpace space, int afterId = -1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        return Read(
            session =>
            {
                var vectors = new VectorSet(space.Dimensions);
                if (!_catalog.TryGetId(session, space, out long spaceId))
                {
                    return vectors;
                }

                float[] vector = new float[space.Dimensions];
                using SqliteDataReader row = session.Query("SELECT id, vector FROM signatures WHERE space_id = $1 AND id > $2 ORDER BY id", spaceId, afterId);
                while (row.Read())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int id = SignatureBlob.Id(row, 0);
                    ReadVector(row, id, vector);
                    try
                    {
                        vectors.Add([id], vector);
                    }
                    catch (ArgumentException e)
                    {
                        throw _file.Damaged($"signature {id} cannot be used", e);
                    }
                }

                return vectors;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<(int Id, float[] Vector)?> GetSignatureAsync(FeatureSpace space, string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(key);
        return Read<(int, float[])?>(
            session =>
            {
                if (!EntryValidation.IsStorable(key) || !_catalog.TryGetId(session, space, out long spaceId))
                {
                    return null;
                }

                using SqliteDataReader row = session.Query(
                    "SELECT s.id, s.vector FROM works w JOIN signatures s ON s.work_id = w.id AND s.space_id = $1 WHERE w.key = $2", spaceId, key);
                if (!row.Read())
                {
                    return null;
                }

                int id = SignatureBlob.Id(row, 0);
                float[] vector = new float[space.Dimensions];
                ReadVector(row, id, vector);
                return (id, vector);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Painting?>> GetPaintingsAsync(FeatureSpace space, IReadOnlyList<int> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(ids);
        return Read<IReadOnlyList<Painting?>>(
            session =>
            {
                var paintings = new Painting?[ids.Count];
                if (!_catalog.TryGetId(session, space, out long spaceId))
                {
                    return paintings;
                }

                using SqliteDataReader row = session.Query(
                    $"""
                    SELECT j.key, {WorkRow.Columns} FROM json_each($1) j
                    CROSS JOIN signatures s ON s.id = j.value AND s.space_id = $2 JOIN works w ON w.id = s.work_id
                    """,
                    JsonList.Of(ids), spaceId);
                while (row.Read())
                {
                    paintings[row.GetInt32(0)] = WorkRow.Read(row, 1);
                }

                return paintings;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<string?> GetPropertyAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Read(
            session => EntryValidation.IsStorable(name) ? session.Text("SELECT value FROM properties WHERE name = $1", name) : null,
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text has a null character or half a surrogate pair.</exception>
    public async ValueTask SetPropertyAsync(string name, string? value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        EntryValidation.ThrowIfNotStorable(name, "The property's name", nameof(name));
        EntryValidation.ThrowIfNotStorable(value ?? "", $"The value of the property '{name}'", nameof(value));
        await ChangeAsync(
            transaction =>
            {
                transaction.SetProperty(name, value);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for the calls that are running, then closes the file.</summary>
    /// <returns>A task that ends when the file is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        // The semaphore is not disposed of: it holds nothing here, and a late writer shall find the store closed instead.
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            await _readers.CloseAsync().ConfigureAwait(false);
            try
            {
                // The last connection of all empties the log as it closes; this does so even when another process keeps
                // the gallery open, unless that is in the middle of something.
                _writer.Execute("PRAGMA busy_timeout = 0");
                _writer.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            }
            catch (SqliteException)
            {
                // Nothing is lost: the log is read, and copied, by whoever opens the gallery next.
            }

            _writer.Dispose();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async IAsyncEnumerable<StoredWork> ListInPagesAsync(PaintingFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int PageSize = 1000;
        string after = ""; // below every key
        IReadOnlyList<StoredWork> page;
        do
        {
            var sql = new FilterSql(filter, after, PageSize);
            page = await Read<IReadOnlyList<StoredWork>>(
                session =>
                {
                    var works = new List<StoredWork>();
                    using SqliteDataReader row = session.Query(
                        $"""
                        SELECT {WorkRow.Columns}, w.content_hash,
                            (SELECT json_group_array(s.space_id ORDER BY s.space_id) FROM signatures s WHERE s.work_id = w.id)
                        FROM works w WHERE w.key > $1 AND {sql.Conditions} ORDER BY w.key LIMIT $2
                        """,
                        sql.Arguments);
                    while (row.Read())
                    {
                        FeatureSpace[] spaces = Array.ConvertAll(JsonList.Numbers(row.GetString(WorkRow.ColumnCount + 1)), id => _catalog.Get(session, id));
                        works.Add(new StoredWork(WorkRow.Read(row, 0), row.GetString(WorkRow.ColumnCount), spaces));
                    }

                    return works;
                },
                cancellationToken).ConfigureAwait(false);
            foreach (StoredWork work in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return work;
                after = work.Painting.Key;
            }
        }
        while (page.Count == PageSize);
    }

    private ValueTask<T> Read<T>(Func<SqliteSession, T> query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SqliteSession? session = null;
        bool sound = false;
        try
        {
            session = _readers.Rent();
            T result = query(session);
            sound = true;
            return new ValueTask<T>(result);
        }
        catch (Exception e) when (GalleryFile.IsFailure(e))
        {
            throw _file.Explain(e);
        }
        finally
        {
            if (session is not null)
            {
                // What failed once is not lent again.
                _readers.Return(session, sound);
            }
        }
    }

    private async ValueTask<T> ChangeAsync<T>(Func<GalleryTransaction, T> change, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            using var transaction = new GalleryTransaction(_writer, _catalog);
            T result = change(transaction);
            cancellationToken.ThrowIfCancellationRequested();
            transaction.Commit();
            return result;
        }
        catch (Exception e) when (GalleryFile.IsFailure(e))
        {
            throw _file.Explain(e);
        }
        finally
        {
            _writing.Release();
        }
    }

    private void ReadVector(SqliteDataReader row, int id, Span<float> vector)
    {
        try
        {
            SignatureBlob.Read(row, 1, vector);
        }
        catch (FormatException e)
        {
            throw _file.Damaged($"signature {id} cannot be used: {e.Message}", e);
        }
    }
}
