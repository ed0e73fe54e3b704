using ArtSimilarity.Galleries;
using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite.Connections;

/// <summary>
/// Tells whether a write-ahead log belongs to the file beside it. After a killed process a log remains; SQLite would copy it into whatever
/// file then lies there, for example into an older copy that was put back.
/// </summary>
/// <remarks>
/// The first commit of each log moves the gallery's state on and keeps the former one, which is the state of the file that the log began on.
/// So the file alone must be in the log's former state or, when the log has been copied in part, in its present one.
/// </remarks>
internal static class LogOrigin
{
    private const int Attempts = 5;

    /// <exception cref="GalleryStoreException">The log began on another file.</exception>
    public static void ThrowIfForeign(GalleryFile file)
    {
        if (IsForeign(file))
        {
            throw new GalleryStoreException(
                $"The gallery '{file.Path}' and the log beside it ('{file.Path}-wal') do not belong together. Was a copy put in its place? Then delete the files that end in -wal and -shm, and open it again.");
        }
    }

    /// <summary>Whether the log began on another file.</summary>
    public static bool IsForeign(GalleryFile file)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (file.LogLength == 0 || StateWithoutLog(file) is not long alone || StatesWithLog(file) is not (long state, long former) || alone == state || alone == former)
            {
                return false;
            }

            Thread.Sleep(50); // another process may have copied the log between the two
        }

        return true;
    }

    /// <summary>Whether another content was put into a file than the one that a session has open.</summary>
    public static bool IsOverwritten(GalleryFile file, SqliteSession writer)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            long logLength = file.LogLength;
            long? alone = StateWithoutLog(file);
            using (SqliteDataReader row = writer.Query("SELECT state, former_state FROM gallery"))
            {
                // A new gallery is in its log alone until that is copied, and one without a log is in the file alone.
                if (row.Read() && (alone == row.GetInt64(0) || (logLength > 0 && (alone is null || alone == row.GetInt64(1)))))
                {
                    return false;
                }
            }

            Thread.Sleep(50); // another process may have copied the log in between, or the file is being written
        }

        return true;
    }

    /// <returns><see langword="null"/> when the file alone cannot tell: it is new, of an older schema, or being written.</returns>
    private static long? StateWithoutLog(GalleryFile file)
    {
        try
        {
            using SqliteSession session = file.OpenWithoutLog();
            return session.Integer("SELECT state FROM gallery");
        }
        catch (SqliteException)
        {
            return null;
        }
    }

    private static (long State, long Former)? StatesWithLog(GalleryFile file)
    {
        try
        {
            // A session that may not write cannot copy the log when it is closed.
            using SqliteSession session = file.Open(SqliteOpenMode.ReadOnly, readsOnly: true);
            using SqliteDataReader row = session.Query("SELECT state, former_state FROM gallery");
            return row.Read() ? (row.GetInt64(0), row.GetInt64(1)) : null;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is not SQLitePCL.raw.SQLITE_CORRUPT)
        {
            return null;
        }
        catch (SqliteException)
        {
            return (long.MinValue, long.MinValue); // two files that do not go together look like a damaged one
        }
    }
}
