namespace ArtSimilarity.Catalogues;

/// <summary>Which column of a CSV file holds which field of a work: as the caller says, else by the names that catalogues use. Immutable.</summary>
public sealed class ColumnMap
{
    /// <summary>The work's key.</summary>
    public const string Id = "id";

    /// <summary>The path of the image, relative to the catalogue, or its web address.</summary>
    public const string File = "file";

    /// <summary>The title.</summary>
    public const string Title = "title";

    /// <summary>The artists, between bars or semicolons.</summary>
    public const string Artist = "artist";

    /// <summary>The genre.</summary>
    public const string Genre = "genre";

    /// <summary>The style.</summary>
    public const string Style = "style";

    /// <summary>The year.</summary>
    public const string Year = "year";

    /// <summary>The date in words.</summary>
    public const string Date = "date";

    /// <summary>The earliest year the work may be of.</summary>
    public const string Earliest = "earliest";

    /// <summary>The latest year the work may be of.</summary>
    public const string Latest = "latest";

    /// <summary>The tags, between bars or semicolons.</summary>
    public const string Tags = "tags";

    // The best name first; compared without case, spaces, dashes and underlines.
    private static readonly Dictionary<string, string[]> KnownNames = new(StringComparer.Ordinal)
    {
        [Id] = ["id", "key", "objectid", "objectnumber", "accessionnumber", "inventorynumber", "identifier"],
        [File] = ["file", "filename", "filepath", "path", "image", "imagefile", "imagepath", "picture", "datei", "dateiname", "imageurl", "primaryimage"],
        [Title] = ["title", "titel", "titre", "worktitle", "objecttitle"],
        [Artist] = ["artist", "artistdisplayname", "artistname", "creator", "painter", "maker", "künstler"],
        [Genre] = ["genre"],
        [Style] = ["style", "movement"],
        [Year] = ["year", "jahr"],
        [Date] = ["date", "objectdate", "dated", "creationdate", "datecreated", "datierung"],
        [Earliest] = ["earliest", "earliestyear", "objectbegindate", "datefrom", "yearfrom"],
        [Latest] = ["latest", "latestyear", "objectenddate", "dateto", "yearto"],
        [Tags] = ["tags", "tag", "keywords"],
    };

    // What programs add to a table and nobody says of a work; compared in the same way.
    private static readonly HashSet<string> TechnicalNames = new(["index", "row", "rownumber", "rowid", "md5", "sha1", "sha256", "checksum", "filesize", "mimetype"], StringComparer.Ordinal);

    private readonly Dictionary<string, string> _columns;

    private ColumnMap(Dictionary<string, string> columns) => _columns = columns;

    /// <summary>The names of all fields.</summary>
    public static IEnumerable<string> Fields => KnownNames.Keys;

    /// <summary>The column of a field, or <see langword="null"/> where there is none.</summary>
    /// <param name="field">One of <see cref="Fields"/>.</param>
    public string? this[string field] => _columns.GetValueOrDefault(field);

    /// <summary>Whether a column is one of those mapped.</summary>
    /// <param name="column">The column's name as the file has it.</param>
    /// <returns><see langword="true"/> where a field is read from it.</returns>
    public bool IsMapped(string column) => _columns.ContainsValue(column);

    /// <summary>Whether a column is of programs, not of people: row numbers and checksums, <c>Unnamed: 0</c>, and what begins with an underscore or is no name.</summary>
    /// <param name="column">The column's name.</param>
    /// <returns><see langword="true"/> where the column says nothing of a work.</returns>
    public static bool IsTechnical(string column) =>
        column.StartsWith('_') || column.StartsWith("Unnamed:", StringComparison.OrdinalIgnoreCase) || TechnicalNames.Contains(Normalize(column)) || LabelFolding.Fold(column).Length == 0;

    /// <summary>Finds the columns of a file.</summary>
    /// <param name="table">The file.</param>
    /// <param name="wanted">Fields and columns as the caller says.</param>
    /// <returns>The map.</returns>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    /// <exception cref="CatalogueException">The file has no such column.</exception>
    public static ColumnMap Of(CsvTable table, IReadOnlyList<KeyValuePair<string, string>> wanted)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(wanted);
        Dictionary<string, string> columns = new(StringComparer.Ordinal);
        foreach ((string field, string column) in wanted)
        {
            if (!KnownNames.ContainsKey(field))
            {
                throw new ArgumentException($"'{field}' is no field of a work; there are {string.Join(", ", Fields)}.", nameof(wanted));
            }

            columns[field] = table.Columns.FirstOrDefault(held => held.Equals(column, StringComparison.OrdinalIgnoreCase))
                ?? throw new CatalogueException(CatalogueError.NoSuchColumn, $"{field}={ShortText.Of(column)}: {table.Path} has no column '{ShortText.Of(column)}'; it has {ShortText.ListOf(table.Columns)}.");
        }

        ILookup<string, string> held = table.Columns.ToLookup(Normalize, StringComparer.Ordinal);
        foreach ((string field, string[] names) in KnownNames)
        {
            if (!columns.ContainsKey(field) && names.SelectMany(name => held[name]).FirstOrDefault(column => !columns.ContainsValue(column)) is string column)
            {
                columns.Add(field, column);
            }
        }

        return new ColumnMap(columns);
    }

    private static string Normalize(string column) =>
        column.Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
