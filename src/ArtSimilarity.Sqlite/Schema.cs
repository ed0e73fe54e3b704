using System.Globalization;
using ArtSimilarity.Galleries;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite;

/// <summary>The tables of a gallery file, and how a file is made or recognised as one.</summary>
internal static class Schema
{
    /// <summary>"ArtS" at byte 68 of the file: what tells a gallery from any other SQLite database.</summary>
    public const int ApplicationId = 0x41727453;

    public const int Version = 1;

    // Labels are NOCASE, which folds ASCII only, as PaintingFilter does. AUTOINCREMENT never gives an id twice. The blob is
    // the last column, so that a work's signature is found without touching it.
    private const string Tables =
        """
        CREATE TABLE gallery (id INTEGER PRIMARY KEY CHECK (id = 1), identity TEXT NOT NULL) STRICT;
        CREATE TABLE properties (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
        CREATE TABLE works (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            title TEXT,
            artist TEXT COLLATE NOCASE,
            genre TEXT COLLATE NOCASE,
            style TEXT COLLATE NOCASE,
            year INTEGER,
            image_uri TEXT,
            content_hash TEXT NOT NULL) STRICT;
        CREATE INDEX works_by_artist ON works (artist);
        CREATE INDEX works_by_genre ON works (genre);
        CREATE INDEX works_by_style ON works (style);
        CREATE INDEX works_by_year ON works (year);
        CREATE TABLE tags (
            work_id INTEGER NOT NULL REFERENCES works (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            tag TEXT NOT NULL COLLATE NOCASE,
            PRIMARY KEY (work_id, position)) STRICT, WITHOUT ROWID;
        CREATE INDEX works_by_tag ON tags (tag);
        CREATE TABLE feature_spaces (
            id INTEGER PRIMARY KEY,
            model_id TEXT NOT NULL,
            preprocessing TEXT NOT NULL,
            dimensions INTEGER NOT NULL CHECK (dimensions BETWEEN 1 AND 2147483647),
            signature_count INTEGER NOT NULL DEFAULT 0,
            generation INTEGER NOT NULL DEFAULT 0,
            UNIQUE (model_id, preprocessing, dimensions)) STRICT;
        CREATE TABLE signatures (
            id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id <= 2147483647),
            space_id INTEGER NOT NULL REFERENCES feature_spaces (id),
            work_id INTEGER NOT NULL REFERENCES works (id) ON DELETE CASCADE,
            vector BLOB NOT NULL,
            UNIQUE (work_id, space_id)) STRICT;
        CREATE INDEX signatures_by_space ON signatures (space_id);
        """;

    /// <summary>Opens the file for writing, makes it a gallery when it is new, and reads the gallery's identity.</summary>
    /// <exception cref="GalleryStoreException">The file is no gallery, is damaged, or was written by a newer version.</exception>
    public static SqliteSession Open(GalleryFile file, bool mustExist, out Guid identity)
    {
        ThrowIfUnreachable(file.Path, mustExist);
        try
        {
            SqliteSession session = file.Open(mustExist ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadWriteCreate, readsOnly: false);
            try
            {
                if (!IsGallery(file, session))
                {
                    if (mustExist)
                    {
                        throw new GalleryStoreException($"The file '{file.Path}' is empty: there is no gallery in it.");
                    }

                    Create(file, session);
                }

                UseWriteAheadLog(file, session);
                ThrowIfCutShort(file, session);
                string text = session.Text("SELECT identity FROM gallery") ?? throw file.Damaged("it has no identity");
                identity = Guid.TryParseExact(text, "D", out Guid parsed) ? parsed : throw file.Damaged($"its identity is '{text}'");
                return session;
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }
        catch (Exception e) when (GalleryFile.IsFailure(e))
        {
            throw file.Explain(e);
        }
    }

    private static void ThrowIfUnreachable(string path, bool mustExist)
    {
        if (Directory.Exists(path))
        {
            throw new GalleryStoreException($"'{path}' is a folder; a gallery is a file.");
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

    /// <returns><see langword="false"/> when the database is empty.</returns>
    private static bool IsGallery(GalleryFile file, SqliteSession session)
    {
        // Counted first: another process may make the gallery, in one transaction, between these statements.
        long tables = session.Integer("SELECT COUNT(*) FROM sqlite_schema") ?? 0;
        long application = session.Integer("PRAGMA application_id") ?? 0;
        long version = session.Integer("PRAGMA user_version") ?? 0;
        if (application == 0 && version == 0 && tables == 0)
        {
            return false;
        }

        if (application != ApplicationId)
        {
            throw new GalleryStoreException($"The file '{file.Path}' is an SQLite database, but not a gallery.");
        }

        if (version > Version)
        {
            throw new GalleryStoreException($"The gallery '{file.Path}' was written by a newer version (schema {version}; this version reads up to {Version}).");
        }

        return version == Version ? true : throw file.Damaged($"its schema version is {version}");
    }

    private static void Create(GalleryFile file, SqliteSession session)
    {
        UseWriteAheadLog(file, session);
        session.Execute("BEGIN IMMEDIATE");

        // Another process may have been faster.
        if (!IsGallery(file, session))
        {
            session.Execute(Tables);
            session.Execute("INSERT INTO gallery (id, identity) VALUES (1, $1)", Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture));
            session.Execute($"PRAGMA application_id = {ApplicationId.ToString(CultureInfo.InvariantCulture)}");
            session.Execute($"PRAGMA user_version = {Version.ToString(CultureInfo.InvariantCulture)}");
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
