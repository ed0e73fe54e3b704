using System.Text;
using ArtSimilarity.Cli.CommandLine;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>A CSV file with a header line: comma separated, UTF-8, quotes as in RFC 4180. Column names ignore case.</summary>
internal sealed class CsvTable
{
    private readonly Dictionary<string, int> _columns;

    private CsvTable(string path, Dictionary<string, int> columns, List<CsvRow> rows)
    {
        Path = path;
        _columns = columns;
        Rows = rows;
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>The folder that relative paths inside the file are relative to.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>The column names, in the order of the file.</summary>
    public IEnumerable<string> Columns => _columns.Keys;

    /// <exception cref="CommandFailedException">The file cannot be read or is no such table; names file and line.</exception>
    public static CsvTable Read(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new CommandFailedException($"{path}: there is no such CSV file.");
        }

        string text;
        try
        {
            text = File.ReadAllText(full, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException e)
        {
            throw new CommandFailedException($"{full}: the file is not UTF-8.", e);
        }

        var reader = new CsvReader(text);
        int line = 1;
        try
        {
            string[] header = reader.Read(out line) ?? throw new CommandFailedException($"{full}: the file is empty; its first line should name the columns.");
            Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
            for (int i = 0; i < header.Length; i++)
            {
                if (!columns.TryAdd(header[i], i))
                {
                    throw Fault(full, line, $"the column '{header[i]}' is there twice");
                }
            }

            List<CsvRow> rows = [];
            while (reader.Read(out line) is string[] fields)
            {
                rows.Add(fields.Length == columns.Count
                    ? new CsvRow(full, line, columns, fields)
                    : throw Fault(full, line, $"{fields.Length} fields where the header has {columns.Count}"));
            }

            return new CsvTable(full, columns, rows);
        }
        catch (FormatException e)
        {
            throw Fault(full, line, e.Message);
        }
    }

    public bool Has(string column) => _columns.ContainsKey(column);

    private static CommandFailedException Fault(string path, int line, string what) => new($"{path}, line {line}: {what}.");
}
