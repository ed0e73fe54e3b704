using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ArtSimilarity.Files;
using ArtSimilarity.Galleries;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArtSimilarity.Sqlite.Connections;

/// <summary>The file of a gallery: opens sessions on it and puts its failures into words.</summary>
internal sealed class GalleryFile(string path, TimeSpan busyTimeout)
{
    /// <summary>The longest path that SQLite's file system layer takes, less what it appends.</summary>
    private const int LongestPath = 500;

    /// <summary>How much of the file a session keeps in memory.</summary>
    private const int CacheKibibytes = 16 * 1024;

    /// <summary>SQLITE_FCNTL_HAS_MOVED of sqlite3.h.</summary>
    private const int HasMovedOperation = 20;

    private (long Length, DateTime Written) _unchanging, _known;

    public string Path { get; } = path;

    private string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Why nothing can be written, to follow "because" in a sentence.</summary>
    public string ReadOnlyReason() => !MayBeWritten()
        ? "you may not write the file"
        : $"SQLite keeps a log beside it, and nothing can be written in its folder '{Folder}'";

    /// <summary>The folder beside the gallery for files that are derived from it.</summary>
    public string DerivedFiles => Path + ".index";

    public TimeSpan BusyTimeout => busyTimeout;

    /// <summary>
    /// Whether SQLite takes the file for one that never changes: it may not be written, or nothing can be written beside it, and no other
    /// process had it open. Otherwise SQLite would have to write a file beside the gallery before it could read.
    /// </summary>
    public bool IsImmutable { get; private set; }

    /// <summary>The full path with links followed: SQLite keeps its log beside the file itself, not beside a link to it.</summary>
    public static string RealPathOf(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        try
        {
            string real = RealPath.Of(full);
            return FileKinds.Fault(real) is null ? real : full; // what is refused is refused by the name given
        }
        catch (IOException)
        {
            return full; // links in a circle are refused by their name
        }
    }

    /// <summary>Refuses what no gallery can be in, before anything opens it: SQLite would wait for ever at a pipe that is taken for its journal.</summary>
    /// <exception cref="GalleryStoreException">The file, or one that SQLite keeps beside it, is a folder, a pipe, a socket or a device.</exception>
    public void ThrowUnlessRegular()
    {
        foreach (string suffix in (string[])["", "-journal", "-wal", "-shm"])
        {
            if (FileKinds.Fault(Path + suffix) is string fault)
            {
                throw new GalleryStoreException(suffix.Length == 0
                    ? $"The gallery '{Path}' cannot be used: it {fault}."
                    : $"The gallery '{Path}' cannot be used: '{Path}{suffix}' beside it {fault}. Remove that.");
            }
        }
    }

    /// <summary>Whether this user may write the file, as far as the system tells; one that does not exist may be.</summary>
    public bool MayBeWritten()
    {
        try
        {
            using var opened = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return !File.Exists(Path);
        }
        catch (IOException e)
        {
            // Of a file on a read-only medium .NET says no more than this.
            const int readOnlyFileSystem = 30;
            return (e.HResult & 0xFFFF) != readOnlyFileSystem && e.HResult != readOnlyFileSystem;
        }
    }

    /// <summary>Whether this store may change nothing, so that no session may copy the log into the file.</summary>
    public bool IsOnlyRead { get; set; }

    /// <summary>
    /// Whether SQLite can read beside others that write, without leaving files in the way of those who may write. Either the file is
    /// this user's to write, or another has made the files of the log already.
    /// </summary>
    public bool MayBeReadBesideWriters() => MayBeWritten() || LogLength > 0 || (File.Exists(Path + "-wal") && File.Exists(Path + "-shm"));

    /// <summary>Removes the files of the log that reading has made, unless there is something in it or another has the gallery open.</summary>
    public void RemoveEmptyLog()
    {
        if (IsImmutable || !File.Exists(Path + "-wal") || LogLength > 0 || !MayBeWritten())
        {
            return;
        }

        try
        {
            // SQLite itself does it when the last who could write closes the file: nobody can open it in between.
            using SqliteSession last = Open(SqliteOpenMode.ReadWrite, readsOnly: true);
            last.Integer("SELECT COUNT(*) FROM sqlite_schema");
        }
        catch (SqliteException)
        {
            // They are empty and harm nobody.
        }
    }

    /// <summary>Takes the file for one that never changes from now on.</summary>
    public void MakeImmutable()
    {
        _unchanging = Stamp();
        IsImmutable = true;
    }

    /// <summary>Opens a connection of its own: unpooled, so that disposing it closes the file.</summary>
    public SqliteSession Open(SqliteOpenMode mode, bool readsOnly) => Open(mode, readsOnly, IsImmutable);

    /// <summary>Opens the file without its log, as it would be if that were lost.</summary>
    public SqliteSession OpenWithoutLog() => Open(SqliteOpenMode.ReadOnly, readsOnly: true, isImmutable: true);

    /// <summary>The length of the write-ahead log; 0 when there is none.</summary>
    public long LogLength => new FileInfo(Path + "-wal") is { Exists: true } log ? log.Length : 0;

    private SqliteSession Open(SqliteOpenMode mode, bool readsOnly, bool isImmutable)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = isImmutable ? new Uri(Path).AbsoluteUri + "?immutable=1" : Path,
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
            session.Execute("PRAGMA wal_autocheckpoint = 0"); // the store does it, and waits for readers where it must
            session.Execute($"PRAGMA cache_size = -{CacheKibibytes.ToString(CultureInfo.InvariantCulture)}");
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

    /// <summary>Refuses to go on once another file lies at the path, or none: what is written then would be lost.</summary>
    /// <exception cref="GalleryStoreException">The file has moved, was replaced or deleted, or changed though it was taken for one that cannot.</exception>
    public void ThrowIfMoved(SqliteSession session)
    {
        if (IsImmutable)
        {
            if (Stamp() != _unchanging || LogLength > 0)
            {
                throw new GalleryStoreException($"The gallery '{Path}' was opened where nothing could be written, and was changed since. Open it again.") { IsReplaced = true };
            }

            return;
        }

        if (IsMoved(session))
        {
            throw HasMoved();
        }
    }

    /// <summary>Whether another file lies at the path than the one that a session has open, or none.</summary>
    public static bool IsMoved(SqliteSession session)
    {
        int moved = 0;
        int result = sqlite3_file_control(session.Connection.Handle!.DangerousGetHandle(), "main", HasMovedOperation, ref moved);
        return result == raw.SQLITE_OK && moved != 0;
    }

    /// <summary>
    /// Refuses to write once the content of the file is another than SQLite has put there, for example since a copy was written over it: the
    /// next commit would mix the two. A file that nobody but SQLite has written costs a look at its length and time.
    /// </summary>
    /// <exception cref="GalleryStoreException">The file and the log do not belong together any more.</exception>
    public void ThrowIfOverwritten(SqliteSession writer)
    {
        if (IsOverwritten(writer))
        {
            throw WasOverwritten();
        }
    }

    /// <summary>Whether the content of the file is another than SQLite has put there.</summary>
    public bool IsOverwritten(SqliteSession writer)
    {
        (long, DateTime) stamp = Stamp();
        if (stamp != _known)
        {
            if (LogOrigin.IsOverwritten(this, writer))
            {
                return true;
            }

            _known = stamp;
        }

        return false;
    }

    /// <summary>Takes the file for one that only SQLite has written so far.</summary>
    public void NoteContent() => _known = Stamp();

    public GalleryStoreException HasMoved() =>
        new($"The gallery '{Path}' was moved, replaced or deleted while it was open. Nothing was read or written. Open it again.") { IsReplaced = true };

    public GalleryStoreException WasOverwritten() =>
        new($"The gallery '{Path}' was written over with another file while it was open. Nothing was written. Close all that use it, delete the files beside it that end in -wal and -shm, and put the copy in its place again.") { IsReplaced = true };

    /// <summary>Puts a failure of an open gallery into words: what looks like damage may come from outside.</summary>
    public GalleryStoreException ExplainOpen(Exception cause) =>
        !File.Exists(Path) ? HasMoved()
        : !IsImmutable && LogOrigin.IsForeign(this) ? WasOverwritten()
        : Explain(cause);

    /// <summary>Whether an exception says that the file, and not the caller, is at fault.</summary>
    /// <remarks>Apart from SQLite's own, these are what reading a value of another kind than was written gives.</remarks>
    public static bool IsFailure(Exception exception) =>
        exception is SqliteException or InvalidCastException or FormatException or JsonException or OverflowException
            or (InvalidOperationException and not ObjectDisposedException);

    public GalleryStoreException Explain(Exception cause) => new($"The gallery '{Path}' cannot be used: {ReasonOf(cause)}.", cause);

    /// <summary>What an exception of SQLite, or of reading a value, says in plain words; the exception itself goes along as the cause.</summary>
    public string ReasonOf(Exception cause) => ((cause as SqliteException)?.SqliteErrorCode ?? raw.SQLITE_CORRUPT) switch
    {
        raw.SQLITE_NOTADB => "it is not an SQLite database, or its header is damaged",
        raw.SQLITE_CORRUPT => "it is damaged",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"another process kept it locked for {busyTimeout.TotalSeconds:0.#} s",
        raw.SQLITE_CANTOPEN when !File.Exists(Path) && !FolderAccess.MayCreateIn(Folder) => $"you may not write in its folder '{Folder}'",
        raw.SQLITE_CANTOPEN when Path.Length > LongestPath => $"its path has {Path.Length} characters, and SQLite opens {LongestPath} at most",
        raw.SQLITE_CANTOPEN => "it, or a file that SQLite keeps beside it, cannot be opened",
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH => "it may not be written",
        raw.SQLITE_FULL => "the disk is full",
        raw.SQLITE_IOERR => "reading or writing it, or a file that SQLite keeps beside it, failed",
        raw.SQLITE_ERROR => "it does not have the tables of a gallery, or is damaged",
        int code => $"SQLite refused with its error {code}",
    };

    public GalleryStoreException Damaged(string what, Exception? cause = null)
    {
        string message = $"The gallery '{Path}' is damaged: {what}.";
        return cause is null ? new GalleryStoreException(message) : new GalleryStoreException(message, cause);
    }

    // SQLitePCLRaw has no function for this. The library is the one that Microsoft.Data.Sqlite brings along and uses.
    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int sqlite3_file_control(nint database, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, int operation, ref int argument);

    private (long Length, DateTime Written) Stamp()
    {
        var file = new FileInfo(Path);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
    }
}
