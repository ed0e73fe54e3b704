using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>Which column of a CSV file holds what artsim knows of a work: by the user's word, else by the names that catalogues use.</summary>
internal sealed class ColumnMap
{
    public const string Id = "id";
    public const string File = "file";
    public const string Title = "title";
    public const string Artist = "artist";
    public const string Genre = "genre";
    public const string Style = "style";
    public const string Year = "year";
    public const string Date = "date";
    public const string Earliest = "earliest";
    public const string Latest = "latest";
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

    /// <summary>The names that <c>--map</c> takes.</summary>
    public static IEnumerable<string> Fields => KnownNames.Keys;

    /// <summary>The column of a field, or <see langword="null"/> where there is none.</summary>
    public string? this[string field] => _columns.GetValueOrDefault(field);

    /// <summary>Whether a column is one of those mapped.</summary>
    public bool IsMapped(string column) => _columns.ContainsValue(column);

    /// <summary>Whether a column is of programs, not of people: row numbers and checksums, <c>Unnamed: 0</c>, and what begins with an underscore or is no name.</summary>
    public static bool IsTechnical(string column) =>
        column.StartsWith('_') || column.StartsWith("Unnamed:", StringComparison.OrdinalIgnoreCase) || TechnicalNames.Contains(Normalize(column)) || LabelFolding.Fold(column).Length == 0;

    /// <param name="table">The file.</param>
    /// <param name="wanted">Fields and columns as the user says.</param>
    /// <exception cref="UsageException">The file has no such column.</exception>
    public static ColumnMap Of(CsvTable table, IReadOnlyList<KeyValuePair<string, string>> wanted)
    {
        Dictionary<string, string> columns = new(StringComparer.Ordinal);
        foreach ((string field, string column) in wanted)
        {
            columns[field] = table.Columns.FirstOrDefault(held => held.Equals(column, StringComparison.OrdinalIgnoreCase))
                ?? throw new UsageException($"--map {field}={column}: {table.Path} has no column '{column}'; it has {string.Join(", ", table.Columns)}.");
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

    /// <summary>What one <c>--map FIELD=Column</c> says.</summary>
    /// <exception cref="UsageException">It is not of that form, or names no field.</exception>
    public static KeyValuePair<string, string> Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string field = equals > 0 ? text[..equals].Trim().ToLowerInvariant() : "";
        string column = equals > 0 ? text[(equals + 1)..].Trim() : "";
        return KnownNames.ContainsKey(field) && column.Length > 0
            ? new(field, column)
            : throw new UsageException($"--map {text}: expected FIELD=Column, where FIELD is one of {string.Join(", ", Fields)}.");
    }

    private static string Normalize(string column) =>
        column.Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
