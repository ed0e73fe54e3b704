using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>The columns of a work in a row of a query.</summary>
/// <param name="row">The row.</param>
/// <param name="first">The place of the work's first column.</param>
internal readonly struct SqliteColumns(SqliteDataReader row, int first) : IWorkColumns
{
    public string? Text(int column) => row.IsDBNull(first + column) ? null : row.GetString(first + column);

    public int? Number(int column) => row.IsDBNull(first + column) ? null : checked((int)row.GetInt64(first + column));
}
