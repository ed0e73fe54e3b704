using Spectre.Console;
using Spectre.Console.Rendering;

namespace ArtSimilarity.CommandLine;

/// <summary>A table of plain text: no cell can change how the terminal shows the rest.</summary>
public sealed class ConsoleTable
{
    private const int LongestJoined = 80;

    private readonly string[] _columns;
    private readonly List<string[]> _rows = [];
    private readonly TableBorder _border;

    public ConsoleTable(TableBorder border, ReadOnlySpan<string> columns)
    {
        _border = border;
        _columns = columns.ToArray();
    }

    /// <summary>Whether columns in which every cell is empty are left out.</summary>
    public bool DropsEmptyColumns { get; init; }

    /// <summary>Several texts as one cell. A long one is cut: <c>--json</c> and <c>--csv</c> have all of it.</summary>
    public static string Joined(IEnumerable<string> texts)
    {
        string all = string.Join(", ", texts);
        return all.Length <= LongestJoined ? all : string.Concat(all.AsSpan(0, char.IsHighSurrogate(all[LongestJoined - 1]) ? LongestJoined - 1 : LongestJoined), "…");
    }

    public void AddRow(params string[] cells) => _rows.Add(cells);

    /// <summary>The table as it is drawn.</summary>
    public IRenderable Render()
    {
        int[] shown = [.. Enumerable.Range(0, _columns.Length).Where(column => !DropsEmptyColumns || _rows.Count == 0 || _rows.Exists(row => row[column].Length > 0))];
        Table table = new Table().Border(_border);
        foreach (int column in shown)
        {
            table.AddColumn(new TableColumn(Cell(_columns[column])));
        }

        foreach (string[] row in _rows)
        {
            table.AddRow([.. shown.Select(column => Cell(row[column]))]);
        }

        return table;
    }

    private static string Cell(string text) => Markup.Escape(TerminalText.Escape(text));
}
