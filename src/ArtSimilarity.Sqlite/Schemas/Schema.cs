using System.Globalization;
using ArtSimilarity.Files;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite.Connections;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArtSimilarity.Sqlite.Schemas;

/// <summary>How a file is made a gallery, recognised as one, and brought to the schema of this build.</summary>
internal static class Schema
{
    /// <summary>"ArtS" at byte 68 of the file: what tells a gallery from any other SQLite database.</summary>
    public const int ApplicationId = 0x41727453;

    /// <summary>Opens the file for writing, makes it a gallery when it is new, and brings an older one to the present schema.</summary>
    /// <param name="file">The file.</param>
    /// <param name="mustExist">Whether there must be a gallery.</param>
    /// <param name="upgradeBackup">The copy that was kept of a gallery of an older schema; <see langword="null"/> when there was nothing to upgrade.</param>
    /// <exception cref="GalleryStoreException">The file is no gallery, is damaged, or was written by a newer version.</exception>
    public static SqliteSession Open(GalleryFile file, bool mustExist, out string? upgradeBackup)
    {
        upgradeBackup = null;
        ThrowIfUnreachable(file.Path, mustExist);
        LogOrigin.ThrowIfForeign(file);
        SqliteSession session = file.Open(mustExist ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadWriteCreate, readsOnly: false);
        try
        {
            if (VersionOf(file, session) is not long version)
            {
                if (mustExist)
                {
                    throw new GalleryStoreException($"The file '{file.Path}' is empty: there is no gallery in it.");
                }

                Create(file, session);
            }
            else if (version < Migration.Current && !session.IsReadOnly)
            {
                UseWriteAheadLog(file, session);
                ThrowIfCutShort(file, session);
                upgradeBackup = SchemaUpgrade.Run(file, session);
            }

            if (!session.IsReadOnly)
            {
                UseWriteAheadLog(file, session);
            }

            ThrowIfCutShort(file, session);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file that may not be written.</summary>
    /// <exception cref="GalleryStoreException">The file is no gallery, is damaged, or was written by another version.</exception>
    public static SqliteSession OpenReadOnly(GalleryFile file)
    {
        ThrowIfUnreachable(file.Path, mustExist: true);
        ThrowIfUnreadable(file.Path);
        LogOrigin.ThrowIfForeign(file);
        file.IsOnlyRead = true;
        SqliteSession session;
        try
        {
            session = OpenBesideWriters(file) ?? OpenUnchanging(file);
        }
        catch (SqliteException e) when (file.LogLength > 0)
        {
            throw new GalleryStoreException(
                $"The gallery '{file.Path}' has a log that was not copied into it ('{file.Path}-wal'), and nothing can be written beside it. Open it once where it may be written, or copy both files there.", e);
        }

        try
        {
            long version = VersionOf(file, session) ?? throw new GalleryStoreException($"The file '{file.Path}' is empty: there is no gallery in it.");
            if (version < Migration.Current)
            {
                throw new GalleryStoreException($"The gallery '{file.Path}' was written by an older version (schema {version}) and has to be upgraded first. Open it once where it may be written, or a copy of it.");
            }

            ThrowIfCutShort(file, session);
            return session;
        }
        catch
        {
            session.Dispose();
            file.RemoveEmptyLog();
            throw;
        }
    }

    /// <returns><see langword="null"/> when nothing can be written beside the file, and no log is there that has to be read.</returns>
    private static SqliteSession? OpenBesideWriters(GalleryFile file)
    {
        if (!file.MayBeReadBesideWriters())
        {
            return null;
        }

        try
        {
            return OpenAndRead(file);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM && file.LogLength == 0)
        {
            return null;
        }
    }

    private static SqliteSession OpenUnchanging(GalleryFile file)
    {
        file.MakeImmutable(); // without a log the file is all there is
        return OpenAndRead(file);
    }

    private static SqliteSession OpenAndRead(GalleryFile file)
    {
        SqliteSession session = file.Open(SqliteOpenMode.ReadOnly, readsOnly: true);
        try
        {
            session.Integer("SELECT COUNT(*) FROM sqlite_schema");
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public static Guid IdentityOf(GalleryFile file, SqliteSession session)
    {
        string text = session.Text("SELECT identity FROM gallery") ?? throw file.Damaged("it has no identity");
        return Guid.TryParseExact(text, "D", out Guid parsed) ? parsed : throw file.Damaged($"its identity is '{text}'");
    }

    private static void ThrowIfUnreadable(string path)
    {
        try
        {
            using FileStream opened = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new GalleryStoreException($"The gallery '{path}' cannot be used: you may not read it.", e);
        }
    }

    private static void ThrowIfUnreachable(string path, bool mustExist)
    {
        if (mustExist && !File.Exists(path))
        {
            throw new GalleryStoreException(FolderAccess.IsBarred(path)
                ? $"The gallery '{path}' cannot be used: you may not enter its folder."
                : $"There is no gallery at '{path}'.");
        }

        // SQLite takes a file this short for an empty database, and would overwrite it.
        const int ShortestDatabase = 512;
        var found = new FileInfo(path);
        if (found.Exists && found.Length is > 0 and < ShortestDatabase)
        {
            throw new GalleryStoreException($"The gallery '{path}' cannot be used: it is not an SQLite database ({found.Length} bytes).");
        }

        string? folder = Path.GetDirectoryName(path);
        if (folder is not null && !Directory.Exists(folder))
        {
            throw new GalleryStoreException(FolderAccess.IsBarred(folder)
                ? $"The gallery '{path}' cannot be used: you may not enter the folders that it is in."
                : $"The gallery '{path}' cannot be created: the folder '{folder}' does not exist.");
        }
    }

    /// <returns>The schema version; <see langword="null"/> when the database is empty.</returns>
    internal static long? VersionOf(GalleryFile file, SqliteSession session)
    {
        // As of one moment: another process may make the gallery, in one transaction, between these statements.
        (long tables, long application, long version) = session.InTransaction ? Read() : session.Snapshot(Read);
        if (application == 0 && version == 0 && tables == 0)
        {
            return null;
        }

        if (application != ApplicationId)
        {
            throw new GalleryStoreException($"The file '{file.Path}' is an SQLite database, but not a gallery.");
        }

        if (version > Migration.Current)
        {
            throw new GalleryStoreException($"The gallery '{file.Path}' was written by a newer version (schema {version}; this version reads up to {Migration.Current}). Use that version, or a copy of the gallery from before.");
        }

        return version >= 1 ? version : throw file.Damaged($"its schema version is {version}");

        (long Tables, long Application, long Version) Read() => (
            session.Integer("SELECT COUNT(*) FROM sqlite_schema") ?? 0, session.Integer("PRAGMA application_id") ?? 0, session.Integer("PRAGMA user_version") ?? 0);
    }

    private static void Create(GalleryFile file, SqliteSession session)
    {
        session.Execute($"PRAGMA page_size = {Schema2.PageSize.ToString(CultureInfo.InvariantCulture)}"); // before anything is in the file
        UseWriteAheadLog(file, session);
        session.Execute("BEGIN IMMEDIATE");

        // Another process may have been faster.
        if (VersionOf(file, session) is null)
        {
            session.Execute(Schema2.Tables);
            foreach (Migration further in Migration.All.Where(migration => migration.To > 2))
            {
                further.Apply(session);
            }

            session.Execute("INSERT INTO gallery (id, identity) VALUES (1, $1)", Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture));
            session.Execute($"PRAGMA application_id = {ApplicationId.ToString(CultureInfo.InvariantCulture)}");
            session.Execute($"PRAGMA user_version = {Migration.Current.ToString(CultureInfo.InvariantCulture)}");
        }

        session.Execute("COMMIT");
    }

    private static void UseWriteAheadLog(GalleryFile file, SqliteSession session)
    {
        string? mode = session.Text("PRAGMA journal_mode = WAL");
        if (mode != "wal")
        {
            throw new GalleryStoreException($"The gallery '{file.Path}' cannot be used: its file system does not support SQLite's write-ahead log (journal mode '{mode}').");
        }
    }

    /// <summary>SQLite notices a missing page, but reads a last page that is there in part as if zeros followed.</summary>
    private static void ThrowIfCutShort(GalleryFile file, SqliteSession session)
    {
        long pageSize = session.Integer("PRAGMA page_size") ?? 0;
        for (int attempt = 0; new FileInfo(file.Path).Length % pageSize != 0; attempt++)
        {
            // With a log there is nothing to fear: it holds what the file lacks, or is being copied into it right now.
            var log = new FileInfo(file.Path + "-wal");
            if (log.Exists && log.Length > 0)
            {
                return;
            }

            if (attempt == 3)
            {
                throw file.Damaged($"it ends within a page ({new FileInfo(file.Path).Length} bytes, pages of {pageSize})");
            }

            Thread.Sleep(50);
        }
    }
}
