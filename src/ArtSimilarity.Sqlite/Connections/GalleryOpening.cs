using System.Globalization;
using ArtSimilarity.Files;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite.Migrations;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArtSimilarity.Sqlite.Connections;

/// <summary>Opens gallery files: makes one where there is none, and brings an older one to the schema of this build.</summary>
internal static class GalleryOpening
{
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
            if (GalleryFormat.VersionOf(file, session) is not long version)
            {
                if (mustExist)
                {
                    throw new GalleryStoreException($"The file '{file.Path}' is empty: there is no gallery in it.");
                }

                Create(file, session);
            }
            else if (version < MigrationSteps.CurrentVersion && !session.IsReadOnly)
            {
                UseWriteAheadLog(file, session);
                ThrowIfCutShort(file, session);
                upgradeBackup = GalleryUpgrade.Run(file, session);
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
            long version = GalleryFormat.VersionOf(file, session) ?? throw new GalleryStoreException($"The file '{file.Path}' is empty: there is no gallery in it.");
            if (version < MigrationSteps.CurrentVersion)
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
        if (!File.Exists(path) && FolderAccess.IsBarred(path))
        {
            throw new GalleryStoreException($"The gallery '{path}' cannot be used: you may not enter its folder.");
        }

        if (mustExist && !File.Exists(path))
        {
            throw new GalleryStoreException($"There is no gallery at '{path}'.");
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
            throw new GalleryStoreException($"The gallery '{path}' cannot be created: the folder '{folder}' does not exist.");
        }
    }

    private static void Create(GalleryFile file, SqliteSession session)
    {
        session.Execute($"PRAGMA page_size = {GalleryFormat.PageSize.ToString(CultureInfo.InvariantCulture)}"); // before anything is in the file
        UseWriteAheadLog(file, session);
        session.Execute("BEGIN IMMEDIATE");

        // Another process may have been faster.
        if (GalleryFormat.VersionOf(file, session) is null)
        {
            foreach (Migration step in MigrationSteps.Since(0))
            {
                step.Apply(session);
            }

            session.Execute("INSERT INTO gallery (id, identity) VALUES (1, $1)", Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture));
            session.Execute($"PRAGMA application_id = {GalleryFormat.ApplicationId.ToString(CultureInfo.InvariantCulture)}");
            session.Execute($"PRAGMA user_version = {MigrationSteps.CurrentVersion.ToString(CultureInfo.InvariantCulture)}");
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
