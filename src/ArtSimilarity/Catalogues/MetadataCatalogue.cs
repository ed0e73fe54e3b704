using System.Globalization;
using System.Text;

namespace ArtSimilarity.Catalogues;

/// <summary>
/// The works that a CSV file describes. Its columns are found by <see cref="ColumnMap"/>: one of <c>id</c> and <c>file</c> (relative
/// to the CSV) is needed. Any other column becomes a field of that name, unless it is technical. One thread at a time may use it.
/// </summary>
public sealed class MetadataCatalogue
{
    private static readonly char[] Separators = ['|', ';'];
    private static readonly string[] WebSchemes = ["http://", "https://", "ftp://"];

    private readonly Dictionary<string, CatalogueEntry> _byFile = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CatalogueEntry> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PaintingDate> _dates = new(StringComparer.Ordinal);
    private readonly List<CatalogueEntry> _entries = [];
    private readonly FoldedFiles _files = new();
    private readonly ColumnMap _columns;
    private readonly bool _strict;

    // Built when a picture is first not found as it is written: most catalogues never need them.
    private readonly Lazy<Dictionary<string, CatalogueEntry?>> _byFoldedFile;
    private readonly Lazy<Dictionary<string, CatalogueEntry?>> _byFoldedText;
    private readonly Lazy<Dictionary<string, CatalogueEntry?>> _byFoldedId;
    private readonly Lazy<Dictionary<string, CatalogueEntry?>> _byName;

    private MetadataCatalogue(CsvTable table, ColumnMap columns, CsvProblems problems, bool strict)
    {
        Table = table;
        _columns = columns;
        _strict = strict;
        Problems = problems;
        _byFoldedFile = new(() => Folded(entry => entry.File));
        _byFoldedText = new(() => Folded(entry => entry.FileText));
        _byFoldedId = new(() => Folded(entry => entry.Id));
        _byName = new(() => Folded(entry => entry.NameElsewhere));
    }

    /// <summary>The file's full path.</summary>
    public string Path => Table.Path;

    /// <summary>The file as a table, which tells how it was understood.</summary>
    public CsvTable Table { get; }

    /// <summary>The works, in the order of their rows.</summary>
    public IReadOnlyList<CatalogueEntry> Entries => _entries;

    /// <summary>What was odd in its rows.</summary>
    public CsvProblems Problems { get; }

    /// <summary>How many works have their picture at a web address, from which nothing is fetched.</summary>
    public int WebAddresses { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">How it is written; <see langword="null"/> to find out.</param>
    /// <param name="strict">Whether a row that cannot be taken refuses the file, because the place of a row counts.</param>
    /// <returns>The catalogue.</returns>
    /// <exception cref="CatalogueException">The file cannot be used; names file, line and field.</exception>
    public static MetadataCatalogue Read(string path, CatalogueFormat? format = null, bool strict = false)
    {
        format ??= CatalogueFormat.Detected;
        var problems = new CsvProblems();
        CsvTable table = CsvTable.Read(path, format.Csv, strict ? null : problems);
        ColumnMap columns = ColumnMap.Of(table, format.Map);
        if (columns[ColumnMap.Id] is null && columns[ColumnMap.File] is null)
        {
            throw new CatalogueException(
                CatalogueError.NoKeyColumn, $"{table.Path}, line 1: there is neither a column 'id' nor 'file', but {ShortText.ListOf(table.Columns)}.");
        }

        var catalogue = new MetadataCatalogue(table, columns, problems, strict);
        (string Column, string Name)[] fields = [.. table.Columns.Where(column => !columns.IsMapped(column) && !ColumnMap.IsTechnical(column)).Select(column => (column, FieldName(column)))];
        foreach (CsvRow row in table.Rows)
        {
            catalogue.Add(row, fields);
        }

        return catalogue._entries.Count > 0 ? catalogue
            : throw new CatalogueException(CatalogueError.Content, $"{table.Path}: {(problems.Count > 0 ? $"none of its rows can be used: {problems.First[0]}" : "there is no row below the header")}.");
    }

    /// <summary>The entry of an image: by its file, else by the id that is its relative path or its name, with or without extension.</summary>
    /// <remarks>An exact match comes first, then one that ignores case and the way letters are composed, then the name of a picture elsewhere.</remarks>
    /// <param name="fullPath">The full path of the image.</param>
    /// <param name="relativePath">Its path relative to the folder searched, with forward slashes.</param>
    /// <returns>The entry, or <see langword="null"/> where none, or not just one, is that of the image.</returns>
    public CatalogueEntry? Find(string fullPath, string relativePath) =>
        _byFile.GetValueOrDefault(fullPath)
        ?? _byFoldedFile.Value.GetValueOrDefault(Fold(fullPath))
        ?? Candidates(relativePath).Select(candidate => _byId.GetValueOrDefault(candidate)).FirstOrDefault(entry => entry is { File: null })
        ?? Candidates(relativePath).Select(candidate => _byFoldedId.Value.GetValueOrDefault(Fold(candidate))).FirstOrDefault(entry => entry is { File: null })
        ?? _byFoldedText.Value.GetValueOrDefault(Fold(relativePath))
        ?? _byName.Value.GetValueOrDefault(Fold(System.IO.Path.GetFileName(relativePath)));

    /// <summary>Where an entry's image lies: as the catalogue writes it, else by the one name there that differs only in case or in the way letters are composed.</summary>
    /// <param name="entry">An entry of this catalogue.</param>
    /// <returns>The full path, which is that of the catalogue where nothing is there; <see langword="null"/> where the catalogue names no file on this machine.</returns>
    public string? FindFile(CatalogueEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.File is null ? null : _files.Find(entry.File);
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
            return (System.IO.Path.GetFullPath(file, Table.Folder), null);
        }

        if (file.StartsWith(@"\\", StringComparison.Ordinal) || (file.Length > 2 && char.IsAsciiLetter(file[0]) && file[1] == ':' && file[2] is '\\' or '/'))
        {
            return (null, file[(file.LastIndexOfAny(['\\', '/']) + 1)..]); // a drive or a share of a Windows machine
        }

        // A backslash may be part of a name here; where no such file is, it separates folders as on Windows.
        string literal = System.IO.Path.GetFullPath(file, Table.Folder);
        return (file.Contains('\\', StringComparison.Ordinal) && !System.IO.File.Exists(literal) ? System.IO.Path.GetFullPath(file.Replace('\\', '/'), Table.Folder) : literal, null);
    }

    private static bool IsWebAddress(string file) => WebSchemes.Any(scheme => file.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>The date in words, where there is more than a year, and the year.</summary>
    private (PaintingDate? Date, int? Year) Date(CsvRow row)
    {
        string? words = Value(row, ColumnMap.Date), year = Value(row, ColumnMap.Year), text = words ?? year;
        PaintingDate? date = text is null ? null : Parsed(text);
        int? earliest = Bound(ColumnMap.Earliest), latest = Bound(ColumnMap.Latest);
        if (earliest > latest)
        {
            Problems.Add(row.Line, string.Create(CultureInfo.InvariantCulture, $", fields '{ShortText.Of(_columns[ColumnMap.Earliest]!)}' and '{ShortText.Of(_columns[ColumnMap.Latest]!)}': {earliest} is after {latest}; both are left out"));
        }
        else if (earliest is not null || latest is not null)
        {
            (earliest, latest) = (earliest ?? date?.Earliest, latest ?? date?.Latest);
            date = new PaintingDate(text ?? "", earliest > latest ? null : earliest, earliest > latest ? null : latest);
        }

        if (date is { HasYears: false } && !PaintingDate.IsUndated(text!))
        {
            Problems.Add(row.Line, $", field '{ShortText.Of(_columns[words is null ? ColumnMap.Year : ColumnMap.Date]!)}': no year can be told from '{ShortText.Of(text!)}'; the text is kept");
        }

        int? named = words is null || year is null ? null : Parsed(year).Year;
        return (date is not null && IsPlain(date) ? null : date, named ?? date?.Year);

        // A year alone is no words.
        static bool IsPlain(PaintingDate date) =>
            date.HasYears && date.Earliest == date.Latest && (date.Text.Length == 0 || int.TryParse(date.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));

        int? Bound(string field)
        {
            if (Value(row, field) is not string bound || PaintingDate.IsUndated(bound))
            {
                return null;
            }

            if (Parsed(bound) is { Earliest: int year, Latest: int end } && year == end)
            {
                return year;
            }

            Problems.Add(row.Line, $", field '{ShortText.Of(_columns[field]!)}': '{ShortText.Of(bound)}' is no single year; it is left out");
            return null;
        }
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

        Problems.Add(row.Line, $", field '{ShortText.Of(column)}': {what}; the row is left out");
    }

    private static IEnumerable<string> Candidates(string relativePath) =>
        [relativePath, System.IO.Path.ChangeExtension(relativePath, null), System.IO.Path.GetFileName(relativePath), System.IO.Path.GetFileNameWithoutExtension(relativePath)];
}
