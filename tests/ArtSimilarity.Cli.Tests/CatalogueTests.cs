using System.Text;
using System.Text.Json;
using ArtSimilarity.Catalogues;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.TestSupport;

namespace ArtSimilarity.Cli.Tests;

/// <summary>CSV files as spreadsheets and museums write them.</summary>
public sealed class CatalogueTests(PaintedGallery painted) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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
    public async Task A_header_of_any_length_is_shown_short()
    {
        string name = new('x', 5000), many = string.Join(',', Enumerable.Range(0, 2000).Select(i => $"column {i}"));
        (string Text, string[] Options, string Expected)[] cases =
        [
            ($"{name}\nv\n", [], "there is neither a column 'id' nor 'file', but xxx"),
            ($"{many}\n", [], "column 19 and 1980 more."),
            ($"id,file,{name}\na,b,c\n", ["--map", "artist=Maker"], "no column 'Maker'; it has id, file, xxx"),
            ($"id,file,title\na,b,c\n", ["--map", $"artist={name}"], "artist=xxx"),
            ($"id,file,{name},{name}\na,b,c,d\n", [], "is there twice"),
            ($"id,file,{name}\na,{painted.ImageOf("art001")},c. never {name}\n", ["--map", $"date={name}"], "no year can be told from 'c. never xxx"),
        ];
        foreach ((string text, string[] options, string expected) in cases)
        {
            CliRun run = await CliRun.Of(["index", painted.Images, "--gallery", _folder["g.db"], "--limit", "1", "--model", "classical", "--metadata", _folder.Write("long.csv", text), .. options]);
            Assert.Contains(expected, run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(new string('x', 100), run.Error, StringComparison.Ordinal);
            Assert.All(run.Error.Split('\n'), line => Assert.InRange(line.Length, 0, 1000));
        }
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

    [Theory]
    [InlineData("1700", "1600", "fields 'earliest' and 'latest': 1700 is after 1600; both are left out")]
    [InlineData("abc", "1600", "field 'earliest': 'abc' is no single year; it is left out")]
    public async Task A_bound_that_makes_no_sense_is_reported(string earliest, string latest, string expected)
    {
        string catalogue = _folder.Write("m.csv", $"file,title,date,earliest,latest\n{painted.ImageOf("art001")},T,about 1650,{earliest},{latest}\n");
        CliRun run = await CliRun.Of("index", painted.ImageOf("art001"), "--metadata", catalogue, "--gallery", _folder["g.db"], "--model", "classical");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_belongs_to_its_own_file_before_another_of_that_name()
    {
        Directory.CreateDirectory(_folder["A"]);
        Directory.CreateDirectory(_folder["B"]);
        File.Copy(painted.ImageOf("art001"), _folder["A/1.jpg"]);
        File.Copy(painted.ImageOf("art002"), _folder["B/1.jpg"]);
        string catalogue = _folder.Write("B/m.csv", "file,title\n1.jpg,B one\n");
        Assert.Equal(0, (await CliRun.Of("index", _folder["A"], _folder["B"], "--metadata", catalogue, "--gallery", _folder["g.db"], "--model", "classical")).ExitCode);
        JsonElement works = (await CliRun.Of("list", "--gallery", _folder["g.db"], "--json")).Json().GetProperty("works");
        Assert.Equal(
            [(_folder["A/1.jpg"], null), (_folder["B/1.jpg"], "B one")],
            works.EnumerateArray().Select(work => (work.GetProperty("uri").GetString()!, work.GetProperty("title").GetString())).Order());

        CliRun elsewhere = await CliRun.Of("index", _folder["A"], "--metadata", catalogue, "--gallery", _folder["h.db"], "--model", "classical");
        Assert.Contains($"1 picture has a row by the name alone, whose own file lies elsewhere: {_folder["A/1.jpg"]} (the row's file is {_folder["B/1.jpg"]})", elsewhere.Error, StringComparison.Ordinal);
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
}
