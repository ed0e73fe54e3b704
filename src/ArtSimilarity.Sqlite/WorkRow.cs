using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite;

/// <summary>The columns of a work and what they say.</summary>
internal static class WorkRow
{
    public const int ColumnCount = 13;

    /// <summary>The columns of <c>works AS w</c>.</summary>
    public const string Columns = "w.key, w.title, w.artist, w.further_artists, w.genre, w.style, w.year, w.date, w.earliest, w.latest, w.image_uri, w.tags, w.fields";

    public static Painting Read(SqliteDataReader row, int first)
    {
        string key = row.GetString(first);
        if (string.IsNullOrWhiteSpace(key))
        {
            throw new FormatException("A work has a blank key.");
        }

        string? artist = Text(row, first + 2), date = Text(row, first + 7);
        return new Painting(key)
        {
            Title = Text(row, first + 1),
            Artists = artist is null ? [] : row.IsDBNull(first + 3) ? [artist] : [artist, .. JsonList.Texts(row.GetString(first + 3))],
            Genre = Text(row, first + 4),
            Style = Text(row, first + 5),
            Year = Number(row, first + 6),
            Date = date is null ? null : NewDate(date, Number(row, first + 8), Number(row, first + 9)),
            ImageUri = Text(row, first + 10),
            Tags = row.IsDBNull(first + 11) ? [] : JsonList.Texts(row.GetString(first + 11)),
            Fields = row.IsDBNull(first + 12) ? PaintingFields.Empty : JsonFields.Read(row.GetString(first + 12)),
        };
    }

    private static PaintingDate NewDate(string text, int? earliest, int? latest) =>
        earliest > latest ? throw new FormatException("A date ends before it begins.") : new PaintingDate(text, earliest, latest);

    private static int? Number(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : checked((int)row.GetInt64(column));

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
