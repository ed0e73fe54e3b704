using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using ArtSimilarity.Sqlite.Caches;
using ArtSimilarity.Sqlite.Connections;
using ArtSimilarity.Sqlite.Queries;
using ArtSimilarity.Sqlite.Rows;
using Microsoft.Data.Sqlite;
using SQLitePCL;

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
    /// <summary>When the log is longer than this, it is copied into the file, if the readers let it.</summary>
    private const long LogToCopy = 8L << 20;

    /// <summary>When the log is longer than this, the writer waits for the readers: it must not grow without bounds.</summary>
    private const long LongestLog = 32L << 20;

    private const string StoredWorkColumns =
        $"{WorkRow.Columns}, w.content_hash, (SELECT json_group_array(DISTINCT s.space_id ORDER BY s.space_id) FROM signatures s WHERE s.work_id = w.id)";

    /// <summary>The columns of <c>signatures AS s</c>.</summary>
    private const string VectorColumns = "s.id, s.vector, s.checksum, s.space_id, s.work_id, s.region";

    /// <summary>After so many reads of a state before the one remembered, and none of that, the gallery was put back.</summary>
    private const int MaxEarlierReads = 100;

    private static readonly TimeSpan ReadersPatience = TimeSpan.FromMilliseconds(50);

    private readonly GalleryFile _file;
    private readonly SqliteSession? _writer;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SessionPool _readers;
    private readonly SpaceCatalog _catalog = new();
    private readonly SelectionCache _selections;
    private readonly ConcurrentDictionary<long, RecentAdditions> _additions = new();
    private readonly long _maxCachedWorkBytes;
    private PaintingCache _paintings;
    private int _earlierReads;
    private long _nextLogToCopy = LogToCopy;
    private bool _disposed;

    private SqliteGalleryStore(GalleryFile file, SqliteSession? writer, Guid identity, SqliteGalleryOptions options, string? upgradeBackup)
    {
        _file = file;
        _writer = writer;
        SqliteOpenMode mode = writer is null ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite;
        _readers = new SessionPool(() => file.Open(mode, readsOnly: true), Environment.ProcessorCount);
        _selections = new SelectionCache(options.MaxSelectionBytes);
        _maxCachedWorkBytes = options.MaxCachedWorkBytes;
        _paintings = new PaintingCache(0, _maxCachedWorkBytes);
        Identity = identity;
        ReadOnlyReason = writer is not null ? null : options.ReadOnly ? "it was opened for reading only" : file.ReadOnlyReason();
        UpgradeBackupPath = upgradeBackup;
        DerivedFilesDirectory = writer is not null || Directory.Exists(file.DerivedFiles) ? file.DerivedFiles : UsersFolderFor(identity);
    }

    /// <inheritdoc/>
    public Guid Identity { get; }

    /// <summary>The full path of the gallery file.</summary>
    public string FilePath => _file.Path;

    /// <summary>Whether the gallery cannot be written, so that every call that would change it fails.</summary>
    public bool IsReadOnly => _writer is null;

    /// <summary>Why the gallery cannot be written, to follow "because" in a sentence; <see langword="null"/> where it can be.</summary>
    public string? ReadOnlyReason { get; }

    /// <summary>
    /// The copy that opening has kept of a gallery of an older version before it was upgraded; <see langword="null"/> when nothing had to be
    /// upgraded.
    /// </summary>
    public string? UpgradeBackupPath { get; }

    /// <summary>
    /// The folder for files derived from this gallery: the file's full path followed by <c>.index</c>. For a gallery that cannot be written,
    /// and has no such folder, it is one in the user's own application data. It need not exist.
    /// </summary>
    public string DerivedFilesDirectory { get; }

    /// <summary>Opens a gallery file, and creates it when there is none or the file is empty. An older gallery is upgraded, and a copy kept.</summary>
    /// <param name="path">The path of the file; its folder must exist.</param>
    /// <param name="options">How to open it; <see langword="null"/> for the defaults.</param>
    /// <returns>The open gallery.</returns>
    /// <exception cref="ArgumentException">The path is blank or has a null character, or an option is out of range.</exception>
    /// <exception cref="GalleryStoreException">
    /// The file is no gallery, is no regular file, is damaged, was written by a newer version, cannot be created, or does not exist though
    /// it must.
    /// </exception>
    public static SqliteGalleryStore Open(string path, SqliteGalleryOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new SqliteGalleryOptions();
        options.Validate();
        var file = new GalleryFile(GalleryFile.RealPathOf(path), options.BusyTimeout);
        SqliteSession? session = null;
        try
        {
            file.ThrowUnlessRegular();
            string? upgradeBackup = null;
            if (!options.ReadOnly)
            {
                session = OpenForWriting(file, options.MustExist, out upgradeBackup);
            }

            if (session is not null)
            {
                return new SqliteGalleryStore(file, session, GalleryFormat.IdentityOf(file, session), options, upgradeBackup);
            }

            session = GalleryOpening.OpenReadOnly(file);
            Guid identity = GalleryFormat.IdentityOf(file, session);
            session.Dispose();
            return new SqliteGalleryStore(file, null, identity, options, null);
        }
        catch (Exception e) when (GalleryFile.IsFailure(e))
        {
            session?.Dispose();
            throw file.Explain(e);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FeatureSpaceSummary>> GetFeatureSpacesAsync(CancellationToken cancellationToken = default) =>
        Read<IReadOnlyList<FeatureSpaceSummary>>(
            session =>
            {
                var summaries = new List<FeatureSpaceSummary>();
                using SqliteDataReader row = session.Query("SELECT id, signature_count, generation, token FROM feature_spaces ORDER BY id");
                while (row.Read())
                {
                    summaries.Add(new FeatureSpaceSummary(_catalog.Get(session, row.GetInt64(0)), row.GetInt32(1), row.GetInt64(2) == 0 ? default : new SpaceVersion(row.GetInt64(2), row.GetInt64(3))));
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
                    $"SELECT {StoredWorkColumns} FROM works w WHERE w.key IN (SELECT value FROM json_each($1))", JsonList.Of(keys));
                while (row.Read())
                {
                    StoredWork work = ReadStoredWork(session, row);
                    found[work.Painting.Key] = work;
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
                if (!_catalog.TryGetId(session, space, out long spaceId))
                {
                    return new IdSet();
                }

                return session.Snapshot(() => Select(session, spaceId, filter, cancellationToken));
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

                ReadVectors(session, spaceId, afterId, vectors, cancellationToken);
                return vectors;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<VectorSet> ReadSignatureBlocksAsync(FeatureSpace space, int blockSize = 4096, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        return ReadBlocksAsync(space, blockSize, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<SignatureChanges?> ReadChangesAsync(FeatureSpace space, SpaceVersion since, int afterId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        return Read(
            session => RecallChanges(session, space, since, afterId) ?? session.Snapshot(() => ReadChanges(session, space, since, afterId, cancellationToken)),
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<WorkChanges?> ReadWorkChangesAsync(FeatureSpace space, SpaceVersion since, int afterId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        return Read(
            session => session.Snapshot<WorkChanges?>(() =>
            {
                if (!_catalog.TryGetId(session, space, out long spaceId))
                {
                    return since == default ? new WorkChanges(default, [], [], []) : null;
                }

                SpaceVersion now = SpaceRows.VersionOf(session, spaceId);
                List<int> removed = [];
                List<int> ids = [];
                List<long> works = [];
                if (now != since)
                {
                    if (!TryReadRemoved(session, spaceId, since, now, removed))
                    {
                        return null;
                    }

                    // The index holds all that is asked for: no row is touched.
                    using SqliteDataReader row = session.Query(
                        "SELECT id, work_id FROM signatures INDEXED BY signatures_by_space WHERE space_id = $1 AND id > $2 ORDER BY id", spaceId, afterId);
                    while (row.Read())
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        ids.Add(SignatureBlob.Id(row, 0));
                        works.Add(row.GetInt64(1));
                    }
                }

                return new WorkChanges(now, removed, ids, works);
            }),
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredWork>> FindByImageAsync(
        IReadOnlyCollection<string> contentHashes, IReadOnlyCollection<string> imageUris, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(contentHashes);
        ArgumentNullException.ThrowIfNull(imageUris);
        return Read<IReadOnlyList<StoredWork>>(
            session =>
            {
                // The indexes hold the beginnings of hashes and the ends of paths: enough to find few, and short.
                var found = new SortedDictionary<string, StoredWork>(StringComparer.Ordinal);
                foreach (string hash in contentHashes.Where(EntryValidation.IsStorable))
                {
                    Collect("substr(w.content_hash, 1, 4) = substr($1, 1, 4) AND w.content_hash = $1", ContentHash.Pack(hash));
                }

                foreach (string place in imageUris.Where(EntryValidation.IsStorable))
                {
                    Collect("substr(w.image_uri, -12) = substr($1, -12) AND w.image_uri = $1", place);
                }

                void Collect(string condition, object value)
                {
                    using SqliteDataReader row = session.Query($"SELECT {StoredWorkColumns} FROM works w WHERE {condition}", value);
                    while (row.Read())
                    {
                        StoredWork work = ReadStoredWork(session, row);
                        found[work.Painting.Key] = work;
                    }
                }

                return [.. found.Values];
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
                    $"SELECT {VectorColumns} FROM works w JOIN signatures s ON s.work_id = w.id AND s.space_id = $1 AND s.region = x'' WHERE w.key = $2", spaceId, key);
                if (!row.Read())
                {
                    return null;
                }

                float[] vector = new float[space.Dimensions];
                return (ReadVector(row, vector), vector);
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

                // Works that are all remembered are as of one state: that of the token.
                if (CacheOf(session, spaceId) is not PaintingCache cache || !TryRecall(cache, spaceId, ids, paintings, null))
                {
                    session.Snapshot(() =>
                    {
                        ReadPaintings(session, spaceId, ids, paintings);
                        return true;
                    });
                }

                return paintings;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Signature>> GetAllSignaturesAsync(FeatureSpace space, string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(key);
        return Read<IReadOnlyList<Signature>>(
            session =>
            {
                List<Signature> signatures = [];
                if (!EntryValidation.IsStorable(key) || !_catalog.TryGetId(session, space, out long spaceId))
                {
                    return signatures;
                }

                using SqliteDataReader row = session.Query(
                    $"SELECT {VectorColumns} FROM works w JOIN signatures s ON s.work_id = w.id AND s.space_id = $1 WHERE w.key = $2 ORDER BY s.id", spaceId, key);
                while (row.Read())
                {
                    float[] vector = new float[space.Dimensions];
                    int id = ReadVector(row, vector);
                    try
                    {
                        signatures.Add(new Signature(space, vector) { Region = RegionBlob.Read(row, 5) });
                    }
                    catch (FormatException e)
                    {
                        throw _file.Damaged($"signature {id} has no valid region", e);
                    }
                }

                return signatures;
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
            if (_writer is null)
            {
                _file.RemoveEmptyLog();
                return;
            }

            try
            {
                if (!GalleryFile.IsMoved(_writer) && _file.IsOverwritten(_writer))
                {
                    // The log would be mixed into what somebody has put there.
                    _writer.KeepLog();
                    _writer.Dispose();
                    return;
                }

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

    /// <summary>Copies the gallery into one file, as it is at one moment; searching and adding go on meanwhile.</summary>
    /// <param name="path">The path of the copy; its folder must exist.</param>
    /// <param name="overwrite">Whether a file at the path is replaced.</param>
    /// <param name="cancellationToken">Cancels before the copy is begun.</param>
    /// <returns>A task that ends when the copy is whole, checked and flushed to the medium.</returns>
    /// <exception cref="ArgumentException">The path is blank, or that of the gallery itself.</exception>
    /// <exception cref="GalleryStoreException">The copy exists already, cannot be written, or the gallery is damaged.</exception>
    public Task BackupAsync(string path, bool overwrite = false, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = Path.GetFullPath(path);
        if (full == FilePath)
        {
            throw new ArgumentException($"The copy of the gallery '{FilePath}' would replace it.", nameof(path));
        }

        if (!overwrite && (File.Exists(full) || Directory.Exists(full)))
        {
            throw new GalleryStoreException($"The gallery '{FilePath}' was not copied: '{full}' exists already.");
        }

        return Task.Run(
            () =>
            {
                try
                {
                    GalleryCopy.Make(_file, full);
                }
                catch (Exception e) when (GalleryFile.IsFailure(e))
                {
                    throw _file.Explain(e);
                }
            },
            cancellationToken);
    }

    /// <summary>
    /// Looks for damage: SQLite's own check of the file's structure, the checksum of every work, signature and property, and what they say
    /// of one another. A flipped bit in any of them is found.
    /// </summary>
    /// <param name="progress">Told how much is done, from 0 to 1, on another thread.</param>
    /// <param name="cancellationToken">Cancels between rows.</param>
    /// <returns>One line for each fault found, the first hundred of them; empty when the gallery is sound.</returns>
    /// <exception cref="GalleryStoreException">The file cannot be read at all.</exception>
    public Task<IReadOnlyList<string>> VerifyAsync(IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Read(session => new GalleryCheck(session).Run(progress, cancellationToken), cancellationToken).AsTask(), cancellationToken);

    /// <returns><see langword="null"/> when the file is there and may only be read.</returns>
    private static SqliteSession? OpenForWriting(GalleryFile file, bool mustExist, out string? upgradeBackup)
    {
        upgradeBackup = null;
        if (!file.MayBeWritten())
        {
            return null;
        }

        try
        {
            SqliteSession session = GalleryOpening.Open(file, mustExist, out upgradeBackup);
            if (!session.IsReadOnly)
            {
                file.NoteContent();
                return session;
            }

            session.Dispose();
            return null;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM && new FileInfo(file.Path) is { Exists: true, Length: > 0 })
        {
            return null;
        }
    }

    private static string UsersFolderFor(Guid identity) =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "ArtSimilarity", "indexes", identity.ToString("n"));

    /// <summary>The changes since a former state, where they are the last commit of this store.</summary>
    private SignatureChanges? RecallChanges(SqliteSession session, FeatureSpace space, SpaceVersion since, int afterId) =>
        _catalog.TryGetId(session, space, out long spaceId) && _additions.TryGetValue(spaceId, out RecentAdditions? additions)
            ? additions.Since(since, SpaceRows.VersionOf(session, spaceId), afterId, space.Dimensions)
            : null;

    private SignatureChanges? ReadChanges(SqliteSession session, FeatureSpace space, SpaceVersion since, int afterId, CancellationToken cancellationToken)
    {
        var added = new VectorSet(space.Dimensions);
        if (!_catalog.TryGetId(session, space, out long spaceId))
        {
            return since == default ? new SignatureChanges(default, [], added) : null;
        }

        SpaceVersion now = SpaceRows.VersionOf(session, spaceId);
        List<int> removed = [];
        if (now != since)
        {
            if (!TryReadRemoved(session, spaceId, since, now, removed))
            {
                return null;
            }

            ReadVectors(session, spaceId, afterId, added, cancellationToken);
        }

        return new SignatureChanges(now, removed, added);
    }

    /// <returns>Whether the history leads from the former state to the present one.</returns>
    private static bool TryReadRemoved(SqliteSession session, long spaceId, SpaceVersion since, SpaceVersion now, List<int> removed)
    {
        if (since == default)
        {
            return true; // nothing was seen, so nothing can be gone
        }

        if (!Continues(session, spaceId, since, now))
        {
            return false;
        }

        using SqliteDataReader row = session.Query(
            "SELECT removed FROM changes WHERE space_id = $1 AND generation > $2 AND removed IS NOT NULL ORDER BY generation", spaceId, since.Generation);
        while (row.Read())
        {
            IdBlob.Read(raw.sqlite3_column_blob(row.Handle!, 0), removed);
        }

        return true;
    }

    private IdSet Select(SqliteSession session, long spaceId, PaintingFilter filter, CancellationToken cancellationToken)
    {
        long token = CatalogueToken.OfFilters(CatalogueToken.Read(session));
        SpaceVersion version = SpaceRows.VersionOf(session, spaceId);
        var key = new SelectionCache.Key(spaceId, filter);
        SelectionCache.Selection? known = _selections.Find(key, token);
        if (known is not null && known.Version == version)
        {
            return known.Ids;
        }

        List<int> removed = [];
        if (known is not null && !TryReadRemoved(session, spaceId, known.Version, version, removed))
        {
            known = null;
        }

        // What was removed since is left out, and only what was added since is asked: no id is given twice.
        int lastId = Math.Max(SpaceRows.LastIdOf(session, spaceId), known?.LastId ?? -1);
        IdSet selected = known?.Ids.Copy() ?? new IdSet(lastId + 1);
        foreach (int id in removed)
        {
            selected.Remove(id);
        }

        var sql = new FilterSql(filter, spaceId, known?.LastId ?? -1);
        string query =
            filter.IsEmpty ? "SELECT s.id FROM signatures s INDEXED BY signatures_by_space WHERE s.space_id = $1 AND s.id > $2"
            : known is null ? sql.SelectSignatures
            : $"SELECT s.id FROM signatures s INDEXED BY signatures_by_space CROSS JOIN works w ON w.id = s.work_id WHERE s.space_id = $1 AND s.id > $2 AND {sql.Conditions}";
        using (SqliteDataReader row = session.Query(query, sql.Arguments))
        {
            while (row.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                selected.Add(SignatureBlob.Id(row, 0));
            }
        }

        _selections.Keep(new SelectionCache.Selection(key, token, version, lastId, selected.Freeze()));
        return selected;
    }

    /// <summary>Whether the history of a space leads from a former state to the present one: a gallery that was put back has another.</summary>
    private static bool Continues(SqliteSession session, long spaceId, SpaceVersion since, SpaceVersion now) =>
        now == since || since == default
        || (since.Generation < now.Generation
            && session.Integer("SELECT token FROM changes WHERE space_id = $1 AND generation = $2", spaceId, since.Generation) == since.Token);

    /// <summary>The works remembered of the present state of the catalogue; <see langword="null"/> for a session that sees an earlier one.</summary>
    private PaintingCache? CacheOf(SqliteSession session, long spaceId)
    {
        long token = CatalogueToken.Read(session);
        SpaceVersion version = SpaceRows.VersionOf(session, spaceId);
        PaintingCache cache = Volatile.Read(ref _paintings);
        SpaceVersion known = cache.VersionOf(spaceId);
        if (cache.Token == token && version.Generation < known.Generation && Interlocked.Increment(ref _earlierReads) < MaxEarlierReads)
        {
            // Another reader has seen a later commit. Or the gallery was put back: then only such sessions follow.
            return null;
        }

        if (cache.Token != token || !Continues(session, spaceId, known, version))
        {
            // Whichever reader comes last sets the cache; it may be of an older state, which the next one notices.
            Volatile.Write(ref _paintings, cache = new PaintingCache(token, _maxCachedWorkBytes));
        }

        Volatile.Write(ref _earlierReads, 0);
        cache.Note(spaceId, version);
        return cache;
    }

    /// <summary>Fills in the works that are remembered, and notes the places of the others.</summary>
    /// <returns>Whether all are.</returns>
    private static bool TryRecall(PaintingCache cache, long spaceId, IReadOnlyList<int> ids, Painting?[] paintings, List<int>? missing)
    {
        for (int i = 0; i < ids.Count; i++)
        {
            if (!cache.TryGet(spaceId, ids[i], out paintings[i]))
            {
                if (missing is null)
                {
                    return false;
                }

                missing.Add(i);
            }
        }

        return missing is not { Count: > 0 };
    }

    private void ReadPaintings(SqliteSession session, long spaceId, IReadOnlyList<int> ids, Painting?[] paintings)
    {
        PaintingCache? cache = CacheOf(session, spaceId);
        List<int> missing = [];
        if (cache is null)
        {
            missing.AddRange(Enumerable.Range(0, ids.Count));
        }
        else if (TryRecall(cache, spaceId, ids, paintings, missing))
        {
            return;
        }

        using SqliteDataReader row = session.Query(
            $"""
            SELECT j.key, {WorkRow.Columns} FROM json_each($1) j
            CROSS JOIN signatures s INDEXED BY signatures_by_space ON s.space_id = $2 AND s.id = j.value JOIN works w ON w.id = s.work_id
            """,
            JsonList.Of(missing.ConvertAll(place => ids[place])), spaceId);
        while (row.Read())
        {
            int place = missing[row.GetInt32(0)];
            paintings[place] = WorkRow.Read(row, 1);
            cache?.Add(spaceId, ids[place], new SqliteColumns(row, 1));
        }
    }

    private async IAsyncEnumerable<VectorSet> ReadBlocksAsync(FeatureSpace space, int blockSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        VectorSet block;
        for (int afterId = -1; ; afterId = block.Ids[^1])
        {
            int after = afterId;
            block = await Read(
                session =>
                {
                    var vectors = new VectorSet(space.Dimensions);
                    if (_catalog.TryGetId(session, space, out long spaceId))
                    {
                        using SqliteDataReader row = session.Query(
                            $"SELECT {VectorColumns} FROM signatures s INDEXED BY signatures_by_space WHERE s.space_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3", spaceId, after, blockSize);
                        AddVectors(row, vectors, cancellationToken);
                    }

                    return vectors;
                },
                cancellationToken).ConfigureAwait(false);
            if (block.Count == 0)
            {
                yield break;
            }

            yield return block;
        }
    }

    private void ReadVectors(SqliteSession session, long spaceId, int afterId, VectorSet vectors, CancellationToken cancellationToken)
    {
        // All of them are read as they lie in the file, a few by the index.
        string way = afterId < 0 ? "NOT INDEXED" : "INDEXED BY signatures_by_space";
        using SqliteDataReader row = session.Query($"SELECT {VectorColumns} FROM signatures s {way} WHERE s.space_id = $1 AND s.id > $2 ORDER BY s.id", spaceId, afterId);
        AddVectors(row, vectors, cancellationToken);
    }

    private void AddVectors(SqliteDataReader row, VectorSet vectors, CancellationToken cancellationToken)
    {
        float[] vector = new float[vectors.Dimensions];
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            int id = ReadVector(row, vector);
            try
            {
                vectors.Add([id], vector);
            }
            catch (ArgumentException e)
            {
                throw _file.Damaged($"signature {id} cannot be used", e);
            }
        }
    }

    private StoredWork ReadStoredWork(SqliteSession session, SqliteDataReader row)
    {
        FeatureSpace[] spaces = Array.ConvertAll(JsonList.Numbers(row.GetString(WorkRow.ColumnCount + 1)), id => _catalog.Get(session, id));
        return new StoredWork(WorkRow.Read(row, 0), ContentHash.Read(row, WorkRow.ColumnCount), spaces);
    }

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
                        $"SELECT {StoredWorkColumns} FROM works w WHERE w.key > $1 AND {sql.Conditions} ORDER BY w.key LIMIT $2", sql.Arguments);
                    while (row.Read())
                    {
                        works.Add(ReadStoredWork(session, row));
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
            _file.ThrowIfMoved(session);
            T result = query(session);
            sound = true;
            return new ValueTask<T>(result);
        }
        catch (Exception e) when (GalleryFile.IsFailure(e))
        {
            throw _file.ExplainOpen(e);
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
            SqliteSession writer = _writer ?? throw new GalleryStoreException($"The gallery '{_file.Path}' cannot be changed, because {ReadOnlyReason}.");
            _file.ThrowIfMoved(writer);
            _file.ThrowIfOverwritten(writer);
            using var transaction = new GalleryTransaction(_file, writer, _catalog);
            T result = change(transaction);
            cancellationToken.ThrowIfCancellationRequested();
            transaction.Commit();
            foreach (RecentAdditions additions in transaction.Additions)
            {
                _additions[additions.SpaceId] = additions;
            }

            CopyLogIfLong(writer);
            return result;
        }
        catch (Exception e) when (GalleryFile.IsFailure(e))
        {
            throw _file.ExplainOpen(e);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>
    /// Copies the log into the file and begins it anew. SQLite can do so only in a moment when no reader needs the log. With readers
    /// that come one after the other, no such moment comes by chance. So the writer has to wait for one.
    /// </summary>
    private void CopyLogIfLong(SqliteSession writer)
    {
        long length = _file.LogLength;
        if (length < _nextLogToCopy)
        {
            return;
        }

        TimeSpan patience = length > LongestLog ? _file.BusyTimeout : ReadersPatience;
        try
        {
            writer.Execute($"PRAGMA busy_timeout = {((int)patience.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}");
            bool isBusy = writer.Integer("PRAGMA wal_checkpoint(TRUNCATE)") != 0;
            _file.NoteContent();
            _nextLogToCopy = isBusy ? Math.Min(length + LogToCopy, LongestLog + LogToCopy) : LogToCopy;
        }
        catch (SqliteException)
        {
            // The commit is in the log, and safe. Whatever hinders the copying will show at the next commit, or there is no hindrance.
            _nextLogToCopy = length + LogToCopy;
        }
        finally
        {
            writer.Execute($"PRAGMA busy_timeout = {((int)_file.BusyTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private int ReadVector(SqliteDataReader row, Span<float> vector)
    {
        int id = SignatureBlob.Id(row, 0);
        try
        {
            SignatureBlob.Read(row, 1, vector);
        }
        catch (FormatException e)
        {
            throw _file.Damaged($"signature {id} cannot be used: {e.Message}", e);
        }

        ReadOnlySpan<byte> region = raw.sqlite3_column_blob(row.Handle!, 5);
        return RowChecksum.OfSignature(row.GetInt64(3), row.GetInt64(4), raw.sqlite3_column_blob(row.Handle!, 1), region) == row.GetInt64(2)
            ? id
            : throw _file.Damaged($"signature {id} cannot be used: its checksum differs");
    }
}
