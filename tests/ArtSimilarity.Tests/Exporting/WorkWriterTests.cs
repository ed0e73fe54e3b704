using System.Text.Json;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Exporting;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Tests.Exporting;

public sealed class WorkWriterTests
{
    private const string Breaks = "a\r\nb\nc\rd\ve\ff\u0085g\u2028h\u2029i\u001Cj\tk";

    private static readonly Painting Basket = new("=cmd|' /C calc'!A0")
    {
        Title = "-1+1, \"The Basket\"\r\nof Apples",
        Artists = ["Paul Cézanne", "@Émile"],
        Genre = "+still life",
        Style = "Post-Impressionism",
        Date = PaintingDate.Parse("c. 1893"),
        Tags = ["apples", "=HYPERLINK(\"x\")"],
        Fields = PaintingFields.Of(("museum", "Art Institute"), ("museum", "of Chicago"), ("Note", "=1"), ("URL", "u"), ("title", "other"), ("=field", "x")),
    };

    private static readonly Painting Bare = new("bare") { Year = -300, Fields = PaintingFields.Of(("Museum", "Louvre")) };

    [Fact]
    public void Ris_has_one_line_for_each_value_whatever_the_texts()
    {
        Painting work = new(Breaks)
        {
            Title = Breaks, Artists = [Breaks, "Second"], Date = new PaintingDate(Breaks, 1800, 1810), Tags = [Breaks, "\n", "ER  - "],
        };
        string text = RisWriter.Write([new CitedWork(work) { Note = Breaks, Address = new Uri("https://example.org/a b") }, new CitedWork(Bare)]);
        string[] lines = text.Split("\r\n");
        const string One = "a b c d e f g h i j k";
        Assert.Equal(
            [
                "TY  - ART", $"ID  - {One}", $"TI  - {One}", $"AU  - {One}", "AU  - Second", "PY  - 1805", $"DA  - {One}", $"KW  - {One}", "KW  - ER -", $"N1  - {One}",
                "UR  - https://example.org/a%20b", "ER  - ", "",
                "TY  - ART", "ID  - bare", "TI  - bare", "PY  - -300", "ER  - ", "", "",
            ],
            lines);
        Assert.DoesNotContain(lines, line => line.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029'));
        Assert.Equal("", RisWriter.Write([]));
    }

    [Fact]
    public void Csv_guards_formulas_and_is_read_back_as_it_was()
    {
        using var folder = new TemporaryFolder();
        string text = WorkCsvWriter.Write([new CitedWork(Basket) { Note = "-seen\n", Address = new Uri("https://example.org/1") }, new CitedWork(Bare)]);
        Assert.StartsWith("\uFEFFid,title,artist,date,year,genre,style,tags,note,url,", text, StringComparison.Ordinal);
        File.WriteAllText(folder["works.csv"], text[1..]);
        CsvTable table = CsvTable.Read(folder["works.csv"], CsvFormat.Detected, null);
        Assert.Equal(2, table.Rows.Count);
        foreach (string cell in Cells(text[1..]))
        {
            Assert.False(cell is ['=' or '+' or '@' or '\t' or '\r', ..] || (cell.StartsWith('-') && !int.TryParse(cell, out _)), cell);
        }

        MetadataCatalogue read = MetadataCatalogue.Read(folder["works.csv"], strict: true);
        Assert.Equal([Basket.Key, "bare"], read.Entries.Select(entry => entry.Id));
        Painting first = read.Entries[0].Describe(Basket.Key, null), second = read.Entries[1].Describe("bare", null);
        PaintingFields expected = PaintingFields.Of(
            ("note", "-seen"), ("url", "https://example.org/1"), ("museum", "Art Institute"), ("museum", "of Chicago"), ("field Note", "=1"), ("field URL", "u"), ("field title", "other"), ("=field", "x"));
        Assert.Equal(expected, first.Fields);
        Assert.Equal(Basket with { Fields = expected }, first);
        Assert.Equal(Bare, second);

        // What was read can be written and read again.
        File.WriteAllText(folder["again.csv"], WorkCsvWriter.Write([new CitedWork(first), new CitedWork(second)]));
        PaintingFields again = MetadataCatalogue.Read(folder["again.csv"], strict: true).Entries[0].Describe("k", null).Fields;
        Assert.Equal(expected.Values.SelectMany(values => values).Order(), again.Values.SelectMany(values => values).Order());
    }

    [Fact]
    public void Csl_json_is_an_array_of_graphics()
    {
        using JsonDocument document = JsonDocument.Parse(CslJsonWriter.Write(
        [
            new CitedWork(Basket) { Note = "A \"note\"\n\uD800", Address = new Uri("https://example.org/ä") }, new CitedWork(Bare), new CitedWork(new Painting("undated") { Title = "T" }) { Note = " " },
        ]));
        JsonElement[] items = [.. document.RootElement.EnumerateArray()];
        Assert.All(items, item => Assert.Equal("graphic", item.GetProperty("type").GetString()));
        Assert.Equal((Basket.Key, Basket.Title), (items[0].GetProperty("id").GetString(), items[0].GetProperty("title").GetString()));
        Assert.Equal(Basket.Artists, items[0].GetProperty("author").EnumerateArray().Select(name => name.GetProperty("literal").GetString()));
        Assert.Equal("[[1893]]", JsonSerializer.Serialize(items[0].GetProperty("issued").GetProperty("date-parts")));
        Assert.Equal("https://example.org/%C3%A4", items[0].GetProperty("URL").GetString());
        Assert.Equal("A \"note\"\n\uFFFD", items[0].GetProperty("note").GetString());
        Assert.Equal(["id", "type", "title", "issued"], items[1].EnumerateObject().Select(property => property.Name));
        Assert.Equal("bare", items[1].GetProperty("title").GetString());
        Assert.Equal(["id", "type", "title"], items[2].EnumerateObject().Select(property => property.Name));
        Assert.Equal("[]", CslJsonWriter.Write([]));
    }

    /// <summary>The cells of a table as a spreadsheet has them.</summary>
    private static IEnumerable<string> Cells(string text)
    {
        string cell = "";
        bool isQuoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && isQuoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                cell += text[++i];
            }
            else if (text[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && text[i] is ',' or '\n')
            {
                yield return cell;
                cell = "";
            }
            else
            {
                cell += text[i];
            }
        }
    }
}
