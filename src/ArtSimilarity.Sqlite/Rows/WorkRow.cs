using Microsoft.Data.Sqlite;

namespace ArtSimilarity.Sqlite.Rows;

/// <summary>The columns of a work and what they say.</summary>
internal static class WorkRow
{
    public const int ColumnCount = 13;

    /// <summary>The columns of <c>works AS w</c>.</summary>
    public const string Columns = "w.key, w.title, w.artist, w.further_artists, w.genre, w.style, w.year, w.date, w.earliest, w.latest, w.image_uri, w.tags, w.fields";

    private const int Key = 0, Title = 1, Artist = 2, FurtherArtists = 3, Genre = 4, Style = 5, Year = 6, Date = 7, Earliest = 8, Latest = 9, ImageUri = 10, Tags = 11, Fields = 12;

    /// <summary>Whether a column holds numbers; the others hold texts.</summary>
    public static bool IsNumber(int column) => column is Year or Earliest or Latest;

    public static Painting Read(SqliteDataReader row, int first) => Read(new SqliteColumns(row, first));

    public static Painting Read<T>(T columns)
        where T : IWorkColumns, allows ref struct
    {
        string? key = columns.Text(Key);
        if (string.IsNullOrWhiteSpace(key))
        {
            throw new FormatException("A work has a blank key.");
        }

        // In the order of the columns.
        string? title = columns.Text(Title), artist = columns.Text(Artist), furtherArtists = columns.Text(FurtherArtists);
        string? genre = columns.Text(Genre), style = columns.Text(Style);
        int? year = columns.Number(Year);
        string? date = columns.Text(Date);
        int? earliest = columns.Number(Earliest), latest = columns.Number(Latest);
        string? imageUri = columns.Text(ImageUri), tags = columns.Text(Tags), fields = columns.Text(Fields);
        return new Painting(key)
        {
            Title = title,
            Artists = artist is null ? [] : furtherArtists is null ? [artist] : [artist, .. JsonList.Texts(furtherArtists)],
            Genre = genre,
            Style = style,
            Year = year,
            Date = date is null ? null : NewDate(date, earliest, latest),
            ImageUri = imageUri,
            Tags = tags is null ? [] : JsonList.Texts(tags),
            Fields = fields is null ? PaintingFields.Empty : JsonFields.Read(fields),
        };
    }

    private static PaintingDate NewDate(string text, int? earliest, int? latest) =>
        earliest > latest ? throw new FormatException("A date ends before it begins.") : new PaintingDate(text, earliest, latest);
}
