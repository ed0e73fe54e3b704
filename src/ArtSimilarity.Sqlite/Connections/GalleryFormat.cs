using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite.Migrations;

namespace ArtSimilarity.Sqlite.Connections;

/// <summary>What tells a gallery from any other SQLite file: its marks, its schema version and its identity.</summary>
internal static class GalleryFormat
{
    /// <summary>"ArtS" at byte 68 of the file: what tells a gallery from any other SQLite database.</summary>
    public const int ApplicationId = 0x41727453;

    /// <summary>
    /// The length of a page in bytes. A signature of 512 numbers leaves half of a page of 4,096 bytes empty, and 4 % of one of 32,768: see
    /// docs/decisions/0009-the-gallery-file.md.
    /// </summary>
    public const int PageSize = 32768;

    /// <returns>The schema version; <see langword="null"/> when the database is empty.</returns>
    public static long? VersionOf(GalleryFile file, SqliteSession session)
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

        if (version > MigrationSteps.CurrentVersion)
        {
            throw new GalleryStoreException($"The gallery '{file.Path}' was written by a newer version (schema {version}; this version reads up to {MigrationSteps.CurrentVersion}). Use that version, or a copy of the gallery from before.");
        }

        return version >= 1 ? version : throw file.Damaged($"its schema version is {version}");

        (long Tables, long Application, long Version) Read() => (
            session.Integer("SELECT COUNT(*) FROM sqlite_schema") ?? 0, session.Integer("PRAGMA application_id") ?? 0, session.Integer("PRAGMA user_version") ?? 0);
    }

    public static Guid IdentityOf(GalleryFile file, SqliteSession session)
    {
        string text = session.Text("SELECT identity FROM gallery") ?? throw file.Damaged("it has no identity");
        return Guid.TryParseExact(text, "D", out Guid parsed) ? parsed : throw file.Damaged($"its identity is '{text}'");
    }
}
