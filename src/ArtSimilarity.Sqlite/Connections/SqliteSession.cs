using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArtSimilarity.Sqlite.Connections;

/// <summary>One connection and the commands prepared on it. Used by one thread at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    public SqliteConnection Connection => connection;

    /// <summary>Whether the file may only be read, whatever was asked for when it was opened.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(connection.Handle!, "main") != 0;

    /// <summary>Whether a transaction is open. SQLite itself ends one when the disk is full or fails.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle!) == 0;

    /// <summary>The number of the row inserted last.</summary>
    public int LastInsertedId => checked((int)raw.sqlite3_last_insert_rowid(connection.Handle!));

    /// <summary>Leaves the log as it is when the session is closed, though it is the last one.</summary>
    public void KeepLog() => raw.sqlite3_db_config(connection.Handle!, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);

    /// <summary>Runs a query; its parameters are <c>$1</c>, <c>$2</c>, … in the order of the arguments.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> arguments) => Bind(sql, arguments).ExecuteReader();

    /// <summary>Runs a statement without a result.</summary>
    public void Execute(string sql, params ReadOnlySpan<object?> arguments) => Bind(sql, arguments).ExecuteNonQuery();

    /// <summary>Runs queries that see one and the same state of the file.</summary>
    public T Snapshot<T>(Func<T> queries)
    {
        Execute("BEGIN");
        try
        {
            return queries();
        }
        finally
        {
            if (InTransaction)
            {
                Execute("COMMIT"); // nothing was written: this only lets go of the state
            }
        }
    }

    /// <summary>The integer in the first row and column, or <see langword="null"/> without a row.</summary>
    public long? Integer(string sql, params ReadOnlySpan<object?> arguments)
    {
        object? value = Bind(sql, arguments).ExecuteScalar();
        return value is null or DBNull ? null : (long)value;
    }

    /// <summary>The text in the first row and column, or <see langword="null"/> without a row.</summary>
    public string? Text(string sql, params ReadOnlySpan<object?> arguments) => Bind(sql, arguments).ExecuteScalar() as string;

    public void Dispose()
    {
        foreach (SqliteCommand command in _commands.Values)
        {
            command.Dispose();
        }

        _commands.Clear();
        connection.Dispose();
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> arguments)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text comes from this assembly and holds no value of a caller.
            command.CommandText = sql;
#pragma warning restore CA2100
            for (int i = 1; i <= arguments.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter("$" + i.ToString(CultureInfo.InvariantCulture), DBNull.Value));
            }

            _commands.Add(sql, command);
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            command.Parameters[i].Value = arguments[i] ?? DBNull.Value;
        }

        return command;
    }
}
