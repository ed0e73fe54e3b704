using System.Globalization;
using ArtSimilarity.Files;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite.Connections;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite.Migrations;

/// <summary>
/// Brings a gallery of an older schema to the present one: a copy is kept beside it, and then all steps run in one transaction.
/// Killed at any point, the gallery is of the old schema or of the new one, and whole.
/// </summary>
internal static class GalleryUpgrade
{
    private static ReadOnlySpan<byte> FormerIndexStart => "ARTSFRST"u8;

    /// <returns>The path of the copy; <see langword="null"/> when another process has upgraded the gallery meanwhile.</returns>
    /// <exception cref="GalleryStoreException">The copy cannot be made; nothing has changed.</exception>
    public static string? Run(GalleryFile file, SqliteSession session)
    {
        // Rows are moved to other tables, and what refers to them must not follow or go. Inside a transaction this says nothing.
        session.Execute("PRAGMA foreign_keys = OFF");
        string? backup = null;
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            long version = GalleryFormat.VersionOf(file, session) ?? throw file.Damaged("its tables are gone");
            if (version < MigrationSteps.CurrentVersion)
            {
                backup = KeepCopy(file, version);
                foreach (Migration step in MigrationSteps.Since(version))
                {
                    step.Apply(session);
                }

                if (session.Text("SELECT 'signature ' || rowid FROM pragma_foreign_key_check LIMIT 1") is string orphan)
                {
                    throw file.Damaged($"{orphan} refers to what does not exist, so the gallery cannot be upgraded");
                }

                session.Execute($"PRAGMA user_version = {MigrationSteps.CurrentVersion.ToString(CultureInfo.InvariantCulture)}");
            }

            session.Execute("COMMIT");
        }
        finally
        {
            if (session.InTransaction)
            {
                session.Execute("ROLLBACK");
            }

            session.Execute("PRAGMA foreign_keys = ON");
        }

        if (backup is not null)
        {
            Repack(session);
            RemoveFormerIndexes(file);
        }

        return backup;
    }

    /// <summary>While the transaction that will change the gallery holds off every other writer, readers can copy it.</summary>
    private static string KeepCopy(GalleryFile file, long version)
    {
        // Nobody else can be upgrading now: what looks like a copy in the making was left by a process that was killed.
        foreach (string left in Directory.GetFiles(Path.GetDirectoryName(file.Path)!, Path.GetFileName(file.Path) + ".schema-*.partial*"))
        {
            File.Delete(left);
        }

        string path = $"{file.Path}.schema-{version.ToString(CultureInfo.InvariantCulture)}";
        for (int number = 2; File.Exists(path); number++)
        {
            path = string.Create(CultureInfo.InvariantCulture, $"{file.Path}.schema-{version}-{number}");
        }

        GalleryCopy.Make(file, path);
        return path;
    }

    /// <summary>
    /// Writes the file anew with pages that signatures fill. It needs the gallery for itself; where another process has it open, the
    /// gallery stays as large as it is, and works as well.
    /// </summary>
    private static void Repack(SqliteSession session)
    {
        try
        {
            if (session.Integer("PRAGMA page_size") == GalleryFormat.PageSize)
            {
                return;
            }

            session.Execute("PRAGMA busy_timeout = 0");
            if (session.Text("PRAGMA journal_mode = DELETE") == "delete")
            {
                session.Execute($"PRAGMA page_size = {GalleryFormat.PageSize.ToString(CultureInfo.InvariantCulture)}");
                session.Execute("VACUUM");
            }
        }
        catch (SqliteException)
        {
            // Locked, or the disk is full: SQLite has left the file as it was.
        }
    }

    /// <summary>
    /// Deletes the files of indexes that former versions derived from the gallery: none is read any more. What does not begin as they
    /// do, or lies anywhere else, stays.
    /// </summary>
    private static void RemoveFormerIndexes(GalleryFile file)
    {
        Span<byte> start = stackalloc byte[FormerIndexStart.Length];
        try
        {
            foreach (string path in Directory.Exists(file.DerivedFiles) ? Directory.GetFiles(file.DerivedFiles, "*.annoy") : [])
            {
                if (FileKinds.Fault(path) is not null)
                {
                    continue;
                }

                using (FileStream opened = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
                {
                    if (opened.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.SequenceEqual(FormerIndexStart))
                    {
                        continue;
                    }
                }

                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They take room and do no harm.
        }
    }
}
