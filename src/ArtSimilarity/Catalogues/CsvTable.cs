namespace ArtSimilarity.Catalogues;

/// <summary>A CSV file with a header line, as the common spreadsheets write it. Column names ignore case. Immutable.</summary>
public sealed class CsvTable
{
    // A header with any of these is read by the delimiter that separates them.
    private static readonly HashSet<string> LikelyColumns = new(
        ["id", "id_a", "id_b", "key", "file", "filename", "path", "image", "title", "artist", "genre", "style", "year", "date", "split", "label"], StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, int> _columns;

    private CsvTable(string path, CsvText text, char delimiter, Dictionary<string, int> columns, List<CsvRow> rows)
    {
        Path = path;
        Encoding = text.Encoding;
        IsEncodingGuessed = text.IsGuess;
        HasReplacements = text.HasReplacements;
        Delimiter = delimiter;
        _columns = columns;
        Rows = rows;
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>The folder that relative paths inside the file are relative to.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The name of the encoding it was read by.</summary>
    public string Encoding { get; }

    /// <summary>Whether the encoding is a guess.</summary>
    public bool IsEncodingGuessed { get; }

    /// <summary>Whether some of its bytes are no text in that encoding.</summary>
    public bool HasReplacements { get; }

    /// <summary>What stands between its fields.</summary>
    public char Delimiter { get; }

    /// <summary>The rows below the header, in their order.</summary>
    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>The column names, in the order of the file.</summary>
    public IEnumerable<string> Columns => _columns.Keys;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">How it is written; <see langword="null"/> to find out.</param>
    /// <param name="problems">Told of odd rows; <see langword="null"/> to fail at the first.</param>
    /// <returns>The table.</returns>
    /// <exception cref="CatalogueException">The file cannot be read or is no such table; names file and line.</exception>
    public static CsvTable Read(string path, CsvFormat? format = null, CsvProblems? problems = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        format ??= CsvFormat.Detected;
        string full = System.IO.Path.GetFullPath(path);
        CsvText text = CsvText.Read(full, format.Encoding, strict: problems is null);
        char detected = CsvDelimiter.Detect(text.Text, LikelyColumns.Contains, out bool isHint);
        char delimiter = format.Delimiter ?? detected;
        var reader = new CsvReader(text.Text, delimiter, problems is null ? null : problems.Add);
        if (isHint)
        {
            reader.SkipLine();
        }

        int line = 1;
        try
        {
            string[] header = reader.Read(out line) ?? throw new CatalogueException(CatalogueError.Content, $"{full}: the file is empty; its first line should name the columns.");
            Dictionary<string, int> columns = Columned(full, line, header, problems);
            List<CsvRow> rows = [];
            while (reader.Read(out line) is string[] fields)
            {
                if (Row(full, line, columns, header.Length, fields, problems) is CsvRow row)
                {
                    rows.Add(row);
                }
            }

            return new CsvTable(full, text, delimiter, columns, rows);
        }
        catch (FormatException e)
        {
            throw Fault(full, line, e.Message);
        }
    }

    /// <summary>Whether the file has a column.</summary>
    /// <param name="column">The name, whatever its case.</param>
    /// <returns><see langword="true"/> where it has.</returns>
    public bool Has(string column) => _columns.ContainsKey(column);

    private static Dictionary<string, int> Columned(string path, int line, string[] header, CsvProblems? problems)
    {
        Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < header.Length; i++)
        {
            if (header[i].Length == 0 && problems is not null)
            {
                continue; // a spreadsheet's empty columns
            }

            if (!columns.TryAdd(CsvFormula.Unguard(header[i]), i))
            {
                throw Fault(path, line, $"the column '{ShortText.Of(header[i])}' is there twice");
            }
        }

        return columns;
    }

    /// <summary>The row; <see langword="null"/> where its fields cannot be told apart. A spreadsheet leaves out empty fields at the end, and adds some.</summary>
    private static CsvRow? Row(string path, int line, Dictionary<string, int> columns, int width, string[] fields, CsvProblems? problems)
    {
        string odd = $"{fields.Length} {(fields.Length == 1 ? "field" : "fields")} where the header has {width}";
        if (problems is null)
        {
            return fields.Length == width ? new CsvRow(path, line, columns, fields) : throw Fault(path, line, odd);
        }

        if (fields.Length > width && fields.AsSpan(width).ContainsAnyExcept(""))
        {
            problems.Add(line, odd + "; the row is left out");
            return null;
        }

        if (fields.Length < width)
        {
            problems.Add(line, odd + "; those missing are taken as empty");
        }

        if (fields.FirstOrDefault(field => field.Contains('\0', StringComparison.Ordinal)) is not null)
        {
            problems.Add(line, "a null character; the row is left out");
            return null;
        }

        return new CsvRow(path, line, columns, fields);
    }

    private static CatalogueException Fault(string path, int line, string what) => new(CatalogueError.Content, $"{path}, line {line}: {what}.");
}
