using System.Globalization;
using System.Text;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>
/// The works that a CSV file describes. Its columns are found by <see cref="ColumnMap"/>: one of <c>id</c> and <c>file</c> (relative
/// to the CSV) is needed. Any other column becomes a field of that name, unless it is technical.
/// </summary>
internal sealed class MetadataCatalogue
{
    private static readonly char[] Separators = ['|', ';'];
    private static readonly string[] WebSchemes = ["http://", "https://", "ftp://"];

    private readonly Dictionary<string, CatalogueEntry> _byFile = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CatalogueEntry> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PaintingDate> _dates = new(StringComparer.Ordinal);
    private readonly List<CatalogueEntry> _entries = [];
    private readonly CsvTable _table;
    private readonly ColumnMap _columns;
    private readonly bool _strict;

    // Built when a picture is first not found as it is written: most catalogues never need them.
    private readonly Lazy<Dictionary<string, CatalogueEntry?>> _byFoldedFile;
    private readonly Lazy<Dictionary<string, CatalogueEntry?>> _byFoldedText;
    private readonly Lazy<Dictionary<string, CatalogueEntry?>> _byFoldedId;
    private readonly Lazy<Dictionary<string, CatalogueEntry?>> _byName;

    private MetadataCatalogue(CsvTable table, ColumnMap columns, CsvProblems problems, bool strict)
    {
        _table = table;
        _columns = columns;
        _strict = strict;
        Problems = problems;
        _byFoldedFile = new(() => Folded(entry => entry.File));
        _byFoldedText = new(() => Folded(entry => entry.FileText));
        _byFoldedId = new(() => Folded(entry => entry.Id));
        _byName = new(() => Folded(entry => entry.NameElsewhere));
    }

    /// <summary>The file's full path.</summary>
    public string Path => _table.Path;

    public IReadOnlyList<CatalogueEntry> Entries => _entries;

    /// <summary>What was odd in its rows.</summary>
    public CsvProblems Problems { get; }

    /// <summary>How many works have their picture at a web address, from which nothing is fetched.</summary>
    public int WebAddresses { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">How it is written; <see langword="null"/> to find out.</param>
    /// <param name="strict">Whether a row that cannot be taken refuses the file, because the place of a row counts.</param>
    /// <exception cref="CommandFailedException">The file cannot be used; names file, line and field.</exception>
    public static MetadataCatalogue Read(string path, CatalogueFormat? format = null, bool strict = false)
    {
        format ??= CatalogueFormat.Detected;
        var problems = new CsvProblems();
        CsvTable table = CsvTable.Read(path, format.Csv, strict ? null : problems);
        ColumnMap columns = ColumnMap.Of(table, format.Map);
        if (columns[ColumnMap.Id] is null && columns[ColumnMap.File] is null)
        {
            throw new CommandFailedException(
                $"{table.Path}, line 1: there is neither a column 'id' nor 'file', but {string.Join(", ", table.Columns)}. Name the columns with --map file=COLUMN, and what separates them with --delimiter.");
        }

        var catalogue = new MetadataCatalogue(table, columns, problems, strict);
        (string Column, string Name)[] fields = [.. table.Columns.Where(column => !columns.IsMapped(column) && !ColumnMap.IsTechnical(column)).Select(column => (column, FieldName(column)))];
        foreach (CsvRow row in table.Rows)
        {
            catalogue.Add(row, fields);
        }

        return catalogue._entries.Count > 0 ? catalogue
            : throw new CommandFailedException($"{table.Path}: {(problems.Count > 0 ? $"none of its rows can be used: {problems.First[0]}" : "there is no row below the header")}.");
    }

    /// <summary>The entry of an image: by its file, else by the id that is its relative path or its name, with or without extension.</summary>
    /// <remarks>An exact match comes first, then one that ignores case and the way letters are composed, then the name of a picture elsewhere.</remarks>
    public CatalogueEntry? Find(string fullPath, string relativePath) =>
        _byFile.GetValueOrDefault(fullPath)
        ?? _byFoldedFile.Value.GetValueOrDefault(Fold(fullPath))
        ?? Candidates(relativePath).Select(candidate => _byId.GetValueOrDefault(candidate)).FirstOrDefault(entry => entry is { File: null })
        ?? Candidates(relativePath).Select(candidate => _byFoldedId.Value.GetValueOrDefault(Fold(candidate))).FirstOrDefault(entry => entry is { File: null })
        ?? _byFoldedText.Value.GetValueOrDefault(Fold(relativePath))
        ?? _byName.Value.GetValueOrDefault(Fold(System.IO.Path.GetFileName(relativePath)));

    /// <summary>Says on the error stream how the file was understood, where that is not plain, and what was odd in it.</summary>
    public void Report(CliConsole console)
    {
        if (_table.IsEncodingGuessed)
        {
            console.Warn($"{Path} is not UTF-8: it is read as {_table.Encoding}. If names look wrong, say --encoding.");
        }

        if (_table.HasReplacements)
        {
            console.Warn($"{Path}: some bytes are no text in {_table.Encoding}; each is read as \uFFFD. If there are many, say --encoding.");
        }

        if (WebAddresses > 0)
        {
            console.Warn($"{Path}: {Counted.Of(WebAddresses, "row names its picture", "rows name their pictures")} by a web address. artsim fetches nothing; it looks for a picture of that name among yours.");
        }

        Problems.Report(console, Path);
    }

    /// <summary>A path or name in the form that people and systems take for the same.</summary>
    internal static string Fold(string path) => path.Replace('\\', '/').Normalize(NormalizationForm.FormC).ToUpperInvariant();

    private void Add(CsvRow row, (string Column, string Name)[] fieldColumns)
    {
        string? id = Value(row, ColumnMap.Id), file = Value(row, ColumnMap.File);
        id = string.IsNullOrWhiteSpace(id) ? null : id;
        if (id is null && string.IsNullOrWhiteSpace(file))
        {
            LeaveOut(row, _columns[ColumnMap.Id] is not null ? ColumnMap.Id : ColumnMap.File, "a work needs an id or a file");
            return;
        }

        (string? full, string? elsewhere) = file is null ? (null, null) : Locate(file);
        bool isWeb = file is not null && IsWebAddress(file);
        (PaintingDate? date, int? year) = Date(row);
        PaintingFields fields = Fields(row, fieldColumns);
        if (elsewhere is not null)
        {
            fields = fields.With(FieldName(_columns[ColumnMap.File]!), file!);
        }

        string[] artists = Several(Value(row, ColumnMap.Artist)), tags = Several(Value(row, ColumnMap.Tags));
        var entry = new CatalogueEntry(row.Line, id, full, (key, image) => new Painting(key)
        {
            Title = Value(row, ColumnMap.Title),
            Artists = artists,
            Genre = Value(row, ColumnMap.Genre),
            Style = Value(row, ColumnMap.Style),
            Year = year,
            Date = date,
            ImageUri = image,
            Tags = tags,
            Fields = fields,
        })
        {
            FileText = full is null ? null : file,
            NameElsewhere = elsewhere,
        };
        if (id is not null && _byId.TryGetValue(id, out CatalogueEntry? former))
        {
            LeaveOut(row, ColumnMap.Id, string.Create(CultureInfo.InvariantCulture, $"'{id}' is there twice, first in line {former.Line}"));
            return;
        }

        if (full is not null && _byFile.TryGetValue(full, out former))
        {
            LeaveOut(row, ColumnMap.File, string.Create(CultureInfo.InvariantCulture, $"'{file}' is there twice, first in line {former.Line}"));
            return;
        }

        _entries.Add(entry);
        if (id is not null)
        {
            _byId.Add(id, entry);
        }

        if (full is not null)
        {
            _byFile.Add(full, entry);
        }

        WebAddresses += isWeb ? 1 : 0;
    }

    /// <summary>The entries by a name that people and systems take for the same; <see langword="null"/> where it may mean several.</summary>
    private Dictionary<string, CatalogueEntry?> Folded(Func<CatalogueEntry, string?> nameOf)
    {
        Dictionary<string, CatalogueEntry?> entries = new(StringComparer.Ordinal);
        foreach (CatalogueEntry entry in _entries)
        {
            if (nameOf(entry) is string name && !entries.TryAdd(Fold(name), entry))
            {
                entries[Fold(name)] = null;
            }
        }

        return entries;
    }

    private string? Value(CsvRow row, string field) => _columns[field] is string column ? row[column] : null;

    /// <summary>The full path of a picture, or the name of one that is not on this machine.</summary>
    private (string? Full, string? NameElsewhere) Locate(string file)
    {
        if (file.StartsWith("file://", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(file, UriKind.Absolute, out Uri? local))
        {
            file = local.LocalPath;
        }

        if (IsWebAddress(file))
        {
            string path = Uri.TryCreate(file, UriKind.Absolute, out Uri? address) ? Uri.UnescapeDataString(address.AbsolutePath) : file;
            return (null, path[(path.TrimEnd('/').LastIndexOf('/') + 1)..]);
        }

        if (OperatingSystem.IsWindows())
        {
            return (System.IO.Path.GetFullPath(file, _table.Folder), null);
        }

        if (file.StartsWith(@"\\", StringComparison.Ordinal) || (file.Length > 2 && char.IsAsciiLetter(file[0]) && file[1] == ':' && file[2] is '\\' or '/'))
        {
            return (null, file[(file.LastIndexOfAny(['\\', '/']) + 1)..]); // a drive or a share of a Windows machine
        }

        // A backslash may be part of a name here; where no such file is, it separates folders as on Windows.
        string literal = System.IO.Path.GetFullPath(file, _table.Folder);
        return (file.Contains('\\', StringComparison.Ordinal) && !System.IO.File.Exists(literal) ? System.IO.Path.GetFullPath(file.Replace('\\', '/'), _table.Folder) : literal, null);
    }

    private static bool IsWebAddress(string file) => WebSchemes.Any(scheme => file.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>The date in words, where there is more than a year, and the year.</summary>
    private (PaintingDate? Date, int? Year) Date(CsvRow row)
    {
        string? words = Value(row, ColumnMap.Date), year = Value(row, ColumnMap.Year), text = words ?? year;
        PaintingDate? date = text is null ? null : Parsed(text);
        int? earliest = Bound(ColumnMap.Earliest), latest = Bound(ColumnMap.Latest);
        if ((earliest is not null || latest is not null) && !(earliest > latest))
        {
            (earliest, latest) = (earliest ?? date?.Earliest, latest ?? date?.Latest);
            date = new PaintingDate(text ?? "", earliest > latest ? null : earliest, earliest > latest ? null : latest);
        }

        if (date is { HasYears: false } && !PaintingDate.IsUndated(text!))
        {
            Problems.Add(row.Line, $", field '{_columns[words is null ? ColumnMap.Year : ColumnMap.Date]}': no year can be told from '{text}'; the text is kept");
        }

        int? named = words is null || year is null ? null : Parsed(year).Year;
        return (date is not null && IsPlain(date) ? null : date, named ?? date?.Year);

        // A year alone is no words.
        static bool IsPlain(PaintingDate date) =>
            date.HasYears && date.Earliest == date.Latest && (date.Text.Length == 0 || int.TryParse(date.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));

        int? Bound(string field) => Value(row, field) is string bound && Parsed(bound) is { Earliest: int year, Latest: int end } && year == end ? year : null;
    }

    /// <summary>A date, read once: catalogues repeat them.</summary>
    private PaintingDate Parsed(string text) => _dates.TryGetValue(text, out PaintingDate? date) ? date : _dates[text] = PaintingDate.Parse(text);

    /// <summary>What the other columns say. Several values of one stand between bars, as museums write them.</summary>
    private PaintingFields Fields(CsvRow row, (string Column, string Name)[] columns)
    {
        List<(string Name, string Value)> fields = [];
        foreach ((string column, string name) in columns)
        {
            fields.AddRange((row[column] ?? "").Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(value => (name, value)));
        }

        try
        {
            return PaintingFields.Of(fields);
        }
        catch (ArgumentException e)
        {
            string what = $"its further fields cannot be kept ({e.Message.TrimEnd('.')})";
            if (_strict)
            {
                throw row.Fault(columns[0].Column, what);
            }

            Problems.Add(row.Line, $": {what}; they are left out");
            return PaintingFields.Empty;
        }
    }

    private static string[] Several(string? text) =>
        text is null ? [] : [.. text.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];

    /// <summary>The name of a column in one line, and no longer than that of a field may be.</summary>
    private static string FieldName(string column)
    {
        string name = string.Join(' ', new string([.. column.Select(c => char.IsControl(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return name.Length <= PaintingFields.MaxNameLength ? name : name[..(PaintingFields.MaxNameLength - 1)].TrimEnd() + "…";
    }

    private void LeaveOut(CsvRow row, string field, string what)
    {
        string column = _columns[field]!;
        if (_strict)
        {
            throw row.Fault(column, what);
        }

        Problems.Add(row.Line, $", field '{column}': {what}; the row is left out");
    }

    private static IEnumerable<string> Candidates(string relativePath) =>
        [relativePath, System.IO.Path.ChangeExtension(relativePath, null), System.IO.Path.GetFileName(relativePath), System.IO.Path.GetFileNameWithoutExtension(relativePath)];
}
