using System.Globalization;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>One line of a CSV file, and where it stands for messages.</summary>
internal sealed class CsvRow(string path, int line, IReadOnlyDictionary<string, int> columns, string[] fields)
{
    public int Line => line;

    /// <summary>The field, or <see langword="null"/> when it is empty or there is no such column.</summary>
    public string? this[string column] => columns.TryGetValue(column, out int index) && index < fields.Length && fields[index].Length > 0 ? CsvFormula.Unguard(fields[index]) : null;

    /// <exception cref="CommandFailedException">The field is no whole number; names file, line and field.</exception>
    public int? Integer(string column) => this[column] is not string text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value
        : throw Fault(column, $"'{text}' is not a whole number");

    public CommandFailedException Fault(string column, string what) => new($"{path}, line {line}, field '{column}': {what}.");
}
