namespace ArtSimilarity.Sqlite.Connections;

/// <summary>Sessions for reading: as many as there are readers at one time, some of them kept for the next.</summary>
internal sealed class SessionPool(Func<SqliteSession> open, int kept) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<SqliteSession> _idle = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _rented;
    private bool _closed;

    /// <exception cref="ObjectDisposedException">The pool is closed.</exception>
    public SqliteSession Rent()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteGalleryStore));
            _rented++;
            if (_idle.TryPop(out SqliteSession? session))
            {
                return session;
            }
        }

        try
        {
            return open();
        }
        catch
        {
            Return(null, reusable: false);
            throw;
        }
    }

    /// <summary>Takes a session back; one that is not fit to be used again is closed.</summary>
    public void Return(SqliteSession? session, bool reusable)
    {
        lock (_lock)
        {
            if (session is not null && reusable && !_closed && _idle.Count < kept)
            {
                _idle.Push(session);
                session = null;
            }
        }

        // Closed before the drain is announced, so that the file is free once it is.
        session?.Dispose();
        lock (_lock)
        {
            _rented--;
            if (_closed && _rented == 0)
            {
                _drained.TrySetResult();
            }
        }
    }

    /// <summary>Lends no more and waits until every session is back and closed.</summary>
    public Task CloseAsync()
    {
        SqliteSession[] idle;
        lock (_lock)
        {
            _closed = true;
            idle = [.. _idle];
            _idle.Clear();
            if (_rented == 0)
            {
                _drained.TrySetResult();
            }
        }

        foreach (SqliteSession session in idle)
        {
            session.Dispose();
        }

        return _drained.Task;
    }

    public void Dispose() => CloseAsync().GetAwaiter().GetResult();
}
