using System.Globalization;
using System.Text.Json;
using ArtSimilarity.Galleries;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArtSimilarity.Sqlite;

/// <summary>The file of a gallery: opens sessions on it and puts its failures into words.</summary>
internal sealed class GalleryFile(string path, TimeSpan busyTimeout)
{
    public string Path { get; } = path;

    /// <summary>Opens a connection of its own: unpooled, so that disposing it closes the file.</summary>
    public SqliteSession Open(SqliteOpenMode mode, bool readsOnly)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = (int)Math.Max(1, Math.Ceiling(busyTimeout.TotalSeconds)),
        };
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            var session = new SqliteSession(connection);
            session.Execute($"PRAGMA busy_timeout = {((int)busyTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}");

            // FULL flushes the log at every commit: NORMAL would lose the last commits in a power cut. On macOS only
            // fullfsync reaches the medium; elsewhere it means nothing.
            session.Execute("PRAGMA synchronous = FULL");
            session.Execute("PRAGMA fullfsync = ON");
            session.Execute("PRAGMA foreign_keys = ON");
            session.Execute("PRAGMA journal_size_limit = 16777216");
            if (readsOnly)
            {
                session.Execute("PRAGMA query_only = ON");
            }

            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether an exception says that the file, and not the caller, is at fault.</summary>
    /// <remarks>Apart from SQLite's own, these are what reading a value of another kind than was written gives.</remarks>
    public static bool IsFailure(Exception exception) =>
        exception is SqliteException or InvalidCastException or FormatException or JsonException or OverflowException
            or (InvalidOperationException and not ObjectDisposedException);

    public GalleryStoreException Explain(Exception cause)
    {
        int code = (cause as SqliteException)?.SqliteErrorCode ?? raw.SQLITE_CORRUPT;
        string reason = code switch
        {
            raw.SQLITE_NOTADB => "it is not an SQLite database, or its header is damaged",
            raw.SQLITE_CORRUPT => "it is damaged",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"another process kept it locked for {busyTimeout.TotalSeconds:0.#} s",
            raw.SQLITE_CANTOPEN => "it cannot be opened",
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH => "it may not be written",
            raw.SQLITE_FULL => "the disk is full",
            raw.SQLITE_IOERR => "reading or writing it failed",
            _ => "SQLite refused",
        };
        return new GalleryStoreException($"The gallery '{Path}' cannot be used: {reason} ({cause.Message.TrimEnd('.')}).", cause);
    }

    public GalleryStoreException Damaged(string what, Exception? cause = null)
    {
        string message = $"The gallery '{Path}' is damaged: {what}.";
        return cause is null ? new GalleryStoreException(message) : new GalleryStoreException(message, cause);
    }
}
