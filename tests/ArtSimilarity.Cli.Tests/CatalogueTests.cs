using System.Text;
using System.Text.Json;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Conformance;

namespace ArtSimilarity.Cli.Tests;

/// <summary>CSV files as spreadsheets and museums write them.</summary>
public sealed class CatalogueTests(PaintedGallery painted) : IDisposable
{
    private readonly ScratchFolder _folder = new();

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

    [Theory]
    [InlineData("casefile.csv")]
    [InlineData("backslash.csv")]
    [InlineData("utf16.csv")]
    public async Task A_list_of_the_wild_is_indexed(string name)
    {
        JsonElement document = (await CliRun.Of("index", SharedData.Require($"cases/csv/{name}"), "--gallery", _folder["g.db"], "--model", "classical", "--json")).Json();
        Assert.Equal(8, document.GetProperty("indexed").GetInt32());
    }

    [Fact]
    public async Task Museums_columns_are_known_by_name_and_addresses_are_not_fetched()
    {
        string images = SharedData.Require("cases/csv/img");
        CliRun moma = await CliRun.Of("index", images, "--metadata", SharedData.Require("cases/csv/moma.csv"), "--gallery", _folder["g.db"], "--model", "classical", "--json");
        JsonElement figures = moma.Json().GetProperty("catalogue");
        Assert.Equal(0, figures.GetProperty("rowsWithoutPicture").GetInt32());
        Assert.Contains("artsim fetches nothing", moma.Error, StringComparison.Ordinal);
        MetadataCatalogue met = MetadataCatalogue.Read(SharedData.Require("cases/csv/met.csv"));
        Painting work = met.Entries[3].Describe("k", null);
        Assert.Equal(("T 3", "Rembrandt", 1664), (work.Title, work.Artist, work.Year));
        Assert.Equal("3", met.Entries[3].Id);
        Assert.Equal(["A", "B", "C"], work.Tags);
        Assert.Equal(new PaintingDate("1660s", 1660, 1669), work.Date);
        Assert.Equal("Oil on canvas", work.Fields.First("medium"));
        CliRun none = await CliRun.Of("index", images, "--metadata", met.Path, "--gallery", _folder["h.db"], "--model", "classical", "--json");
        Assert.Equal(8, none.Json().GetProperty("catalogue").GetProperty("rowsWithoutPicture").GetInt32());
        Assert.Contains("8 rows match no picture", none.Error, StringComparison.Ordinal);
        Assert.Contains("8 pictures match no row", none.Error, StringComparison.Ordinal);
        Assert.Contains("p8.jpg", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Dates_as_text_keep_the_row_and_the_text()
    {
        MetadataCatalogue catalogue = MetadataCatalogue.Read(SharedData.Require("cases/csv/years.csv"));
        Assert.Equal([1650, 1504, 1850, -50, 1889, 1894, 1660, 1642], catalogue.Entries.Select(entry => entry.Describe("k", null).Year));
        Assert.Equal(new PaintingDate("19th century", 1801, 1900), catalogue.Entries[2].Describe("k", null).Date);
        Assert.Null(catalogue.Entries[3].Describe("k", null).Date);
        MetadataCatalogue odd = MetadataCatalogue.Read(_folder.Write("odd.csv", "file,year\na.jpg,soon\nb.jpg,1900\nc.jpg,n.d.\n"));
        Assert.Equal(3, odd.Entries.Count);
        Assert.Equal("line 2, field 'year': no year can be told from 'soon'; the text is kept", Assert.Single(odd.Problems.First));
        Assert.Equal(new PaintingDate("soon", null, null), odd.Entries[0].Describe("k", null).Date);
    }

    [Fact]
    public async Task Odd_rows_are_reported_and_the_others_taken()
    {
        CliRun run = await CliRun.Of("index", SharedData.Require("cases/csv/ragged.csv"), "--gallery", _folder["g.db"], "--model", "classical", "--json");
        Assert.Equal(2, run.Json().GetProperty("indexed").GetInt32());
        Assert.Contains("line 2: 2 fields where the header has 3", run.Error, StringComparison.Ordinal);
        Assert.Contains("line 3: 5 fields where the header has 3; the row is left out", run.Error, StringComparison.Ordinal);

        MetadataCatalogue catalogue = MetadataCatalogue.Read(_folder.Write(
            "odd.csv",
            "id,file,title\na,a.jpg,A,\nb,a.jpg,same file\na,c.jpg,same id\n,,nothing\n  ,,blank\nd,d.jpg,\"open\ne,e.jpg,E\nf,f.jpg,\"F\" and more\ng,g.jpg,6\" high\nh\0,h.jpg,H\ni,i.jpg,I\n"));
        Assert.Equal(["a", "d", "e", "f", "g", "i"], catalogue.Entries.Select(entry => entry.Id));
        Assert.Equal("\"open", catalogue.Entries[1].Describe("d", null).Title);
        Assert.Equal("6\" high", catalogue.Entries[4].Describe("g", null).Title);
        Assert.Equal(7, catalogue.Problems.Count);
        Assert.Contains(catalogue.Problems.First, problem => problem.StartsWith("line 7: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_first_ten_odd_rows_are_named_and_the_rest_counted()
    {
        File.Copy(painted.ImageOf("art001"), _folder["a.jpg"]);
        _folder.Write("odd.csv", "file,title\na.jpg,A\n" + string.Concat(Enumerable.Range(0, 25).Select(row => $"x{row}.jpg,1,2,3\n")));
        CliRun run = await CliRun.Of("index", _folder.Path, "--metadata", _folder["odd.csv"], "--gallery", _folder["g.db"], "--model", "classical");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(10, run.Error.Split('\n').Count(line => line.Contains("the row is left out", StringComparison.Ordinal)));
        Assert.Contains("15 more rows are odd, 25 in all", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1252, "windows-1252", null)]
    [InlineData(1250, "windows-1250", "windows-1250")]
    [InlineData(932, "shift_jis", "shift_jis")]
    public void Another_encoding_is_guessed_or_said(int codePage, string name, string? said)
    {
        string title = codePage switch { 932 => "神奈川沖浪裏", 1250 => "Čapek", _ => "Dürer – €" };
        File.WriteAllBytes(_folder["x.csv"], CodePagesEncodingProvider.Instance.GetEncoding(codePage)!.GetBytes($"id;title\na;{title}\n"));
        MetadataCatalogue catalogue = MetadataCatalogue.Read(_folder["x.csv"], CatalogueFormat.Parse(null, said, []));
        Assert.Equal(title, catalogue.Entries[0].Describe("a", null).Title);
        Assert.Equal(name, CsvTable.Read(_folder["x.csv"], new CsvFormat(null, said)).Encoding);
    }

    [Fact]
    public async Task A_byte_that_is_no_text_refuses_no_catalogue()
    {
        File.Copy(painted.ImageOf("art001"), _folder["a.jpg"]);
        File.WriteAllBytes(_folder["x.csv"], [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("file\ttitle\na.jpg\tA"), 0x00, 0xD8, .. Encoding.Unicode.GetBytes("\nb.jpg\tB\n")]);
        CliRun run = await CliRun.Of("index", _folder["a.jpg"], "--metadata", _folder["x.csv"], "--gallery", _folder["g.db"], "--model", "classical");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("some bytes are no text in utf-16", run.Error, StringComparison.Ordinal);
        Assert.Contains("A\uFFFD", (await CliRun.Of("list", "--gallery", _folder["g.db"])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_and_delimiters_can_be_said()
    {
        _folder.Write("x.csv", "Bild^Maler^Wann\na.jpg^Dürer^1500\n");
        MetadataCatalogue catalogue = MetadataCatalogue.Read(_folder["x.csv"], CatalogueFormat.Parse("^", null, ["file=bild", "artist=Maler", "year=Wann"]));
        Painting work = Assert.Single(catalogue.Entries).Describe("k", null);
        Assert.Equal(("Dürer", 1500, 0), (work.Artist, work.Year, work.Tags.Count));
        Assert.Equal(_folder["a.jpg"], catalogue.Entries[0].File);
    }

    [Theory]
    [InlineData(2, "FIELD=Column", "--map", "file")]
    [InlineData(2, "FIELD=Column", "--map", "nosuch=file")]
    [InlineData(2, "FIELD=Column", "--map", "file=")]
    [InlineData(2, "given twice", "--map", "file=id", "--map", "file=title")]
    [InlineData(2, "has no column 'nosuch'", "--map", "file=nosuch")]
    [InlineData(2, "--delimiter", "--delimiter", "ab")]
    [InlineData(2, "--delimiter", "--delimiter", "\"")]
    [InlineData(2, "--delimiter", "--delimiter", "")]
    [InlineData(2, "--encoding 'martian' is not known", "--encoding", "martian")]
    [InlineData(1, "--encoding", "--encoding", "us-ascii")]
    public async Task What_makes_no_sense_is_said(int code, string expected, params string[] options)
    {
        string catalogue = _folder.Write("x.csv", "id,file,title\nart001,a.jpg,Dürer\n");
        CliRun run = await CliRun.Of(["index", painted.Images, "--metadata", catalogue, "--gallery", _folder["g.db"], .. options]);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["g.db"]));
    }

    [Fact]
    public async Task One_row_describes_one_picture()
    {
        Directory.CreateDirectory(_folder["a"]);
        File.Copy(painted.ImageOf("art001"), _folder["a/one.jpg"]);
        File.Copy(painted.ImageOf("art002"), _folder["a/one.png"]);
        string catalogue = _folder.Write("x.csv", "id,title\none,One\n");
        CliRun run = await CliRun.Of("index", _folder["a"], "--metadata", catalogue, "--gallery", _folder["g.db"], "--model", "classical", "--json");
        Assert.Equal(2, run.Json().GetProperty("indexed").GetInt32());
        Assert.Contains("already describes one.jpg", run.Error, StringComparison.Ordinal);
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
        MetadataCatalogue catalogue = MetadataCatalogue.Read(_folder.Write("x.csv", $"file,title\n{text},T\nother.jpg,U\n"));
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

        Assert.Equal(1_000_000, MetadataCatalogue.Read(_folder.Write("large.csv", text.ToString())).Entries.Count);
        text.Clear().Append("id,title\n");
        for (int row = 0; row < 200_000; row++)
        {
            text.Append(row).Append(",\"\"\"open\n");
        }

        MetadataCatalogue odd = MetadataCatalogue.Read(_folder.Write("odd.csv", text.ToString()));
        Assert.Equal(200_000, odd.Entries.Count);
        Assert.Equal(10, odd.Problems.First.Count);
    }
}
