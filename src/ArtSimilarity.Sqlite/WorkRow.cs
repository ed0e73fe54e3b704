using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite;

/// <summary>The columns of a work and what they say.</summary>
internal static class WorkRow
{
    public const int ColumnCount = 8;

    /// <summary>The columns of <c>works AS w</c>.</summary>
    public const string Columns = "w.key, w.title, w.artist, w.genre, w.style, w.year, w.image_uri, w.tags";

    public static Painting Read(SqliteDataReader row, int first)
    {
        string key = row.GetString(first);
        if (string.IsNullOrWhiteSpace(key))
        {
            throw new FormatException("A work has a blank key.");
        }

        return new Painting(key)
        {
            Title = Text(row, first + 1),
            Artist = Text(row, first + 2),
            Genre = Text(row, first + 3),
            Style = Text(row, first + 4),
            Year = row.IsDBNull(first + 5) ? null : checked((int)row.GetInt64(first + 5)),
            ImageUri = Text(row, first + 6),
            Tags = row.IsDBNull(first + 7) ? [] : JsonList.Texts(row.GetString(first + 7)),
        };
    }

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
