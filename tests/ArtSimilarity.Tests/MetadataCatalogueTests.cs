using System.Text;
using ArtSimilarity.Catalogues;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>CSV files as spreadsheets and museums write them.</summary>
public sealed class MetadataCatalogueTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("semi.csv")]
    [InlineData("sep.csv")]
    [InlineData("tab.tsv")]
    [InlineData("utf16.csv")]
    [InlineData("bom.csv")]
    [InlineData("backslash.csv")]
    [InlineData("casefile.csv")]
    [InlineData("filename.csv")]
    public void A_file_of_the_wild_describes_its_eight_pictures(string name)
    {
        string path = SharedData.Require($"cases/csv/{name}");
        MetadataCatalogue catalogue = MetadataCatalogue.Read(path);
        Assert.Equal(0, catalogue.Problems.Count);
        Assert.Equal(8, catalogue.Entries.Count);
        string[] pictures = Directory.GetFiles(SharedData.Require("cases/csv/img"));
        Painting[] works = [.. pictures.Select(picture => catalogue.Find(picture, Path.GetFileName(picture))!.Describe("k", picture))];
        Assert.Equal(8, works.Select(work => work.Title).Distinct().Count());
        if (name is "semi.csv" or "tab.tsv" or "utf16.csv" or "bom.csv")
        {
            Assert.All(works, work => Assert.Equal("Dürer, Albrecht", work.Artist));
        }
    }

    [Fact]
    public void Dates_as_text_keep_the_row_and_the_text()
    {
        MetadataCatalogue catalogue = MetadataCatalogue.Read(SharedData.Require("cases/csv/years.csv"));
        Assert.Equal([1650, 1504, 1850, -50, 1889, 1894, 1660, 1642], catalogue.Entries.Select(entry => entry.Describe("k", null).Year));
        Assert.Equal(new PaintingDate("19th century", 1801, 1900), catalogue.Entries[2].Describe("k", null).Date);
        Assert.Null(catalogue.Entries[3].Describe("k", null).Date);
        MetadataCatalogue odd = MetadataCatalogue.Read(Write("odd.csv", "file,year\na.jpg,soon\nb.jpg,1900\nc.jpg,n.d.\n"));
        Assert.Equal(3, odd.Entries.Count);
        Assert.Equal("line 2, field 'year': no year can be told from 'soon'; the text is kept", Assert.Single(odd.Problems.First));
        Assert.Equal(new PaintingDate("soon", null, null), odd.Entries[0].Describe("k", null).Date);
    }

    [Theory]
    [InlineData(1252, "windows-1252", null)]
    [InlineData(1250, "windows-1250", "windows-1250")]
    [InlineData(932, "shift_jis", "shift_jis")]
    public void Another_encoding_is_guessed_or_said(int codePage, string name, string? said)
    {
        string title = codePage switch { 932 => "神奈川沖浪裏", 1250 => "Čapek", _ => "Dürer – €" };
        File.WriteAllBytes(_folder["x.csv"], CodePagesEncodingProvider.Instance.GetEncoding(codePage)!.GetBytes($"id;title\na;{title}\n"));
        MetadataCatalogue catalogue = MetadataCatalogue.Read(_folder["x.csv"], new CatalogueFormat(new CsvFormat(null, said), []));
        Assert.Equal(title, catalogue.Entries[0].Describe("a", null).Title);
        Assert.Equal(name, CsvTable.Read(_folder["x.csv"], new CsvFormat(null, said)).Encoding);
    }

    [Fact]
    public void Columns_and_delimiters_can_be_said()
    {
        Write("x.csv", "Bild^Maler^Wann\na.jpg^Dürer^1500\n");
        MetadataCatalogue catalogue = MetadataCatalogue.Read(_folder["x.csv"], new CatalogueFormat(new CsvFormat('^', null), [new(ColumnMap.File, "bild"), new(ColumnMap.Artist, "Maler"), new(ColumnMap.Year, "Wann")]));
        Painting work = Assert.Single(catalogue.Entries).Describe("k", null);
        Assert.Equal(("Dürer", 1500, 0), (work.Artist, work.Year, work.Tags.Count));
        Assert.Equal(_folder["a.jpg"], catalogue.Entries[0].File);
    }

    [Theory]
    [InlineData("C:\\Users\\me\\Pictures\\one.jpg")]
    [InlineData("\\\\server\\share\\one.jpg")]
    [InlineData("https://museum.example/iiif/ONE.JPG")]
    [InlineData("file:///nowhere/one.jpg")]
    [InlineData("ONE.jpg")]
    public void A_path_of_elsewhere_is_matched_by_what_can_be_told_of_it(string text)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && text[1] is ':' or '\\', "a path of this machine");
        MetadataCatalogue catalogue = MetadataCatalogue.Read(Write("x.csv", $"file,title\n{text},T\nother.jpg,U\n"));
        bool matches = !text.StartsWith("file:", StringComparison.Ordinal);
        Assert.Equal(matches ? "T" : null, catalogue.Find(_folder["pictures/one.jpg"], "one.jpg")?.Describe("k", null).Title);
    }

    [Fact]
    public void A_million_rows_and_quotes_that_never_close_are_read_without_square_time()
    {
        // With square time this would take hours.
        var text = new StringBuilder("id,file,title,artist,genre,style,year\n");
        for (int row = 0; row < 1_000_000; row++)
        {
            text.Append("work").Append(row).Append(",images/").Append(row).Append(".jpg,Title,Artist,portrait,Baroque,c. 1650\n");
        }

        Assert.Equal(1_000_000, MetadataCatalogue.Read(Write("large.csv", text.ToString())).Entries.Count);
        text.Clear().Append("id,title\n");
        for (int row = 0; row < 200_000; row++)
        {
            text.Append(row).Append(",\"\"\"open\n");
        }

        MetadataCatalogue odd = MetadataCatalogue.Read(Write("odd.csv", text.ToString()));
        Assert.Equal(200_000, odd.Entries.Count);
        Assert.Equal(10, odd.Problems.First.Count);
    }

    [Theory]
    [InlineData(CatalogueError.NoKeyColumn, "title\nT\n", null, null, "there is neither a column 'id' nor 'file', but title.")]
    [InlineData(CatalogueError.NoSuchColumn, "id\na\n", null, "nosuch", "title=nosuch: ")]
    [InlineData(CatalogueError.UnknownEncoding, "id\na\n", "martian", null, "the encoding 'martian' is not known.")]
    [InlineData(CatalogueError.Encoding, "id\nDürer\n", "us-ascii", null, "is not us-ascii: byte 4 cannot be read.")]
    [InlineData(CatalogueError.Content, "", null, null, "the file is empty")]
    [InlineData(CatalogueError.Content, "id,id\na,b\n", null, null, "line 1: the column 'id' is there twice.")]
    [InlineData(CatalogueError.Content, "id\n", null, null, "there is no row below the header.")]
    public void What_cannot_be_used_says_why(CatalogueError error, string text, string? encoding, string? titleColumn, string message)
    {
        string path = Write("x.csv", text);
        CatalogueException fault = Assert.Throws<CatalogueException>(() =>
            MetadataCatalogue.Read(path, new CatalogueFormat(new CsvFormat(null, encoding), titleColumn is null ? [] : [new(ColumnMap.Title, titleColumn)])));
        Assert.Equal(error, fault.Error);
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_file_or_no_field_is_refused()
    {
        Assert.Equal(CatalogueError.Unreadable, Assert.Throws<CatalogueException>(() => MetadataCatalogue.Read(_folder["none.csv"])).Error);
        Assert.Equal(CatalogueError.Unreadable, Assert.Throws<CatalogueException>(() => MetadataCatalogue.Read(_folder.Path)).Error);
        string path = Write("x.csv", "id\na\n");
        Assert.Throws<ArgumentException>(() => MetadataCatalogue.Read(path, new CatalogueFormat(CsvFormat.Detected, [new("colour", "id")])));
        Assert.True(CsvFormat.IsKnownEncoding("windows-1250"));
        Assert.False(CsvFormat.IsKnownEncoding("martian"));
    }

    [Fact]
    public void A_strict_reading_refuses_the_first_odd_row()
    {
        string path = Write("x.csv", "id,title\na,A\na,again\n");
        Assert.Equal(1, MetadataCatalogue.Read(path).Problems.Count);
        CatalogueException fault = Assert.Throws<CatalogueException>(() => MetadataCatalogue.Read(path, strict: true));
        Assert.Equal($"{path}, line 3, field 'id': 'a' is there twice, first in line 2.", fault.Message);
    }

    [Fact]
    public void A_file_is_found_by_a_name_in_another_case()
    {
        Write("One.JPG", "");
        MetadataCatalogue catalogue = MetadataCatalogue.Read(Write("x.csv", "file\none.jpg\nnone.jpg\nhttps://museum.example/two.jpg\n"));
        Assert.True(File.Exists(catalogue.FindFile(catalogue.Entries[0])));
        Assert.Equal(_folder["none.jpg"], catalogue.FindFile(catalogue.Entries[1]));
        Assert.Null(catalogue.FindFile(catalogue.Entries[2]));
    }

    [Fact]
    public void Records_are_read_as_they_were_written()
    {
        string[] fields = ["plain", "a,b", "\"quoted\"", "two\nlines", "=1+1", "'=1+1", "-5", " outer blanks ", "Dürer"];
        string path = Write("x.csv", CsvLine.Of([.. fields.Select((_, i) => $"c{i}")]) + CsvLine.Of([.. fields]));
        CsvRow row = Assert.Single(CsvTable.Read(path).Rows);
        Assert.Equal(fields, fields.Select((_, i) => row[$"c{i}"]));
        Assert.Equal("\"'=1+1,2\",,x\n", CsvLine.Of(["=1+1,2", null, "x"]));
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }
}
