namespace ArtSimilarity.Catalogues;

/// <summary>One line of a CSV file, and where it stands for messages.</summary>
public sealed class CsvRow
{
    private readonly string _path;
    private readonly IReadOnlyDictionary<string, int> _columns;
    private readonly string[] _fields;

    internal CsvRow(string path, int line, IReadOnlyDictionary<string, int> columns, string[] fields)
    {
        _path = path;
        Line = line;
        _columns = columns;
        _fields = fields;
    }

    /// <summary>The line it begins on, from 1.</summary>
    public int Line { get; }

    /// <summary>The field, or <see langword="null"/> when it is empty or there is no such column.</summary>
    /// <param name="column">The column's name, whatever its case.</param>
    public string? this[string column] => _columns.TryGetValue(column, out int index) && index < _fields.Length && _fields[index].Length > 0 ? CsvFormula.Unguard(_fields[index]) : null;

    /// <summary>The exception for a field that cannot be used.</summary>
    /// <param name="column">The column.</param>
    /// <param name="what">What is wrong with it.</param>
    /// <returns>The exception; it names file, line and field.</returns>
    public CatalogueException Fault(string column, string what) => new(CatalogueError.Content, $"{_path}, line {Line}, field '{ShortText.Of(column)}': {what}.");
}
