using System.Globalization;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>
/// The works that a CSV file describes. Known columns, all optional but one of the first two: <c>id</c> (or <c>key</c>),
/// <c>file</c> (relative to the CSV), <c>title</c>, <c>artist</c>, <c>genre</c>, <c>style</c>, <c>year</c>. Any other column
/// becomes a tag <c>column:value</c>.
/// </summary>
internal sealed class MetadataCatalogue
{
    private static readonly HashSet<string> KnownColumns =
        new(["id", "key", "file", "title", "artist", "genre", "style", "year"], StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, CatalogueEntry> _byFile = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CatalogueEntry> _byId = new(StringComparer.Ordinal);

    private MetadataCatalogue(string path, IReadOnlyList<CatalogueEntry> entries)
    {
        Path = path;
        Entries = entries;
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    public IReadOnlyList<CatalogueEntry> Entries { get; }

    /// <exception cref="CommandLine.CommandFailedException">The file cannot be used; names file, line and field.</exception>
    public static MetadataCatalogue Read(string path)
    {
        CsvTable table = CsvTable.Read(path);
        string idColumn = table.Has("id") ? "id" : "key";
        if (!table.Has(idColumn) && !table.Has("file"))
        {
            throw new CommandLine.CommandFailedException($"{table.Path}, line 1: there is neither a column 'id' nor 'file', but {string.Join(", ", table.Columns)}.");
        }

        string[] tagColumns = [.. table.Columns.Where(column => !KnownColumns.Contains(column))];
        List<CatalogueEntry> entries = new(table.Rows.Count);
        var catalogue = new MetadataCatalogue(table.Path, entries);
        foreach (CsvRow row in table.Rows)
        {
            string? id = row[idColumn], file = row["file"];
            if (string.IsNullOrWhiteSpace(id) && file is null)
            {
                throw row.Fault(table.Has(idColumn) ? idColumn : "file", "a work needs an id or a file");
            }

            int? year = row.Integer("year");
            var entry = new CatalogueEntry(id, file is null ? null : System.IO.Path.GetFullPath(file, table.Folder), (key, image) => new Painting(key)
            {
                Title = row["title"],
                Artist = row["artist"],
                Genre = row["genre"],
                Style = row["style"],
                Year = year,
                ImageUri = image,
                Tags = [.. tagColumns.Where(column => row[column] is not null).Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.ToLowerInvariant()}:{row[column]}"))],
            });
            if (id is not null && !catalogue._byId.TryAdd(id, entry))
            {
                throw row.Fault(idColumn, $"'{id}' is there twice");
            }

            if (entry.File is not null && !catalogue._byFile.TryAdd(entry.File, entry))
            {
                throw row.Fault("file", $"'{file}' is there twice");
            }

            entries.Add(entry);
        }

        return catalogue;
    }

    /// <summary>The entry of an image: by its file, else by the id that is its relative path or its name, with or without extension.</summary>
    public CatalogueEntry? Find(string fullPath, string relativePath) =>
        _byFile.GetValueOrDefault(fullPath)
        ?? Candidates(relativePath).Select(candidate => _byId.GetValueOrDefault(candidate)).FirstOrDefault(entry => entry is { File: null });

    private static IEnumerable<string> Candidates(string relativePath) =>
        [relativePath, System.IO.Path.ChangeExtension(relativePath, null), System.IO.Path.GetFileName(relativePath), System.IO.Path.GetFileNameWithoutExtension(relativePath)];
}
