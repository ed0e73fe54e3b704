using System.Text.Json;
using ArtSimilarity.Catalogues;

namespace ArtSimilarity.Cli.Tests;

public sealed class ListTests(PaintedGallery painted)
{
    [Fact]
    public async Task Works_are_listed_by_key_as_a_table_json_and_csv()
    {
        using var scratch = new ScratchFolder();
        JsonElement document = (await CliRun.Of("list", "--gallery", painted.Gallery, "--json")).Json();
        Assert.Equal(["total", "works"], CliRun.Keys(document));
        string[] keys = [.. document.GetProperty("works").EnumerateArray().Select(work => work.GetProperty("key").GetString()!)];
        Assert.Equal(Enumerable.Range(1, PaintedGallery.Count).Select(number => $"art{number:000}"), keys);
        Assert.Equal(["key", "title", "artist", "genre", "style", "year", "uri", "tags", "artists", "fields"], CliRun.Keys(document.GetProperty("works")[0]));

        CliRun table = await CliRun.Of("list", "--gallery", painted.Gallery, "--limit", "3");
        Assert.Equal(4, table.Output.TrimEnd().Split('\n').Length);
        Assert.DoesNotContain("tags", table.Output, StringComparison.Ordinal); // no work has any, so there is no column
        Assert.Contains("The first 3 of 52 works", table.Error, StringComparison.Ordinal);

        CliRun csv = await CliRun.Of("list", "--gallery", painted.Gallery, "--csv", "-");
        Assert.Equal("", csv.Error.Replace("52 works.", "", StringComparison.Ordinal).Trim());
        Assert.Equal(0, (await CliRun.Of("list", "--gallery", painted.Gallery, "--csv", scratch["works.csv"])).ExitCode);
        MetadataCatalogue catalogue = MetadataCatalogue.Read(scratch["works.csv"]);
        Assert.Equal(keys, catalogue.Entries.Select(entry => entry.Id));
        Assert.Equal(painted.ImageOf("art001"), catalogue.Entries[0].File);
        CliRun again = await CliRun.Of("list", "--gallery", painted.Gallery, "--csv", scratch["works.csv"]);
        Assert.Equal(2, again.ExitCode); // somebody may have edited it
        Assert.Contains("--force", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_are_counted_and_filters_hold()
    {
        JsonElement genres = (await CliRun.Of("list", "--gallery", painted.Gallery, "--values", "genre", "--json")).Json();
        Assert.Equal(13, genres.GetProperty("values").GetArrayLength());
        Assert.Equal(PaintedGallery.Count, genres.GetProperty("values").EnumerateArray().Sum(value => value.GetProperty("works").GetInt32()));
        JsonElement artists = (await CliRun.Of("list", "--gallery", painted.Gallery, "--values", "artist", "--genre", "forest", "--json")).Json();
        Assert.Equal(4, artists.GetProperty("works").GetInt32());
        CliRun table = await CliRun.Of("list", "--gallery", painted.Gallery, "--values", "genre");
        Assert.Contains("forest", table.Output, StringComparison.Ordinal);
        Assert.Contains("13 values of 52 works", table.Error, StringComparison.Ordinal);
        CliRun unknown = await CliRun.Of("list", "--gallery", painted.Gallery, "--values", "gnere");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("did you mean 'genre'", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_are_listed_shown_and_searched_by()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("works.csv", $"id,file,tags\na,{painted.ImageOf("art001")},medium:etching|x|y\nb,{painted.ImageOf("art002")},medium:oil|y\nc,{painted.ImageOf("art003")},medium:oil\n");
        Assert.Equal(0, (await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", "classical")).ExitCode);
        JsonElement media = (await CliRun.Of("list", "--gallery", scratch["g.db"], "--values", "medium", "--json")).Json();
        Assert.Equal(["oil", "etching"], media.GetProperty("values").EnumerateArray().Select(value => value.GetProperty("value").GetString()));
        CliRun found = await CliRun.Of("search", "c", "--gallery", scratch["g.db"], "--tag", "medium:etching");
        Assert.Contains("medium:etching, x, y", found.Output, StringComparison.Ordinal);
        Assert.Contains("1 work in", found.Error, StringComparison.Ordinal);
        JsonElement document = (await CliRun.Of("search", "c", "--gallery", scratch["g.db"], "--tag", "y", "--json")).Json();
        Assert.Equal(["a", "b"], document.GetProperty("results").EnumerateArray().Select(work => work.GetProperty("key").GetString()).Order());
        Assert.Equal("medium:etching", document.GetProperty("results").EnumerateArray().Single(work => work.GetProperty("key").GetString() == "a").GetProperty("tags")[0].GetString());
        CliRun unknown = await CliRun.Of("search", "c", "--gallery", scratch["g.db"], "--tag", "medium:etchin");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("did you mean 'medium:etching'", unknown.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--genre", "forst", "did you mean 'forest'")]
    [InlineData("--genre", "zzzzzzzz", "there are ")]
    [InlineData("--artist", "Fine Hand", "did you mean 'The Fine Hand'")]
    [InlineData("--style", "nosuch", "the gallery has no such style")]
    [InlineData("--tag", "any", "no work of the gallery has a tag")]
    public async Task A_value_that_no_work_has_is_answered_with_the_nearest(string option, string value, string expected)
    {
        foreach (string[] command in (string[][])[["search", "art001"], ["list"]])
        {
            CliRun run = await CliRun.Of([.. command, "--gallery", painted.Gallery, option, value]);
            Assert.Equal(2, run.ExitCode);
            Assert.Equal("", run.Output);
            Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_value_in_several_spellings_is_one_value_wherever_values_are_listed()
    {
        using var scratch = new ScratchFolder();
        string[] museums = ["Musée d’Orsay", "Musée d'Orsay", "Musée d'Orsay", "MUSEE D'ORSAY", "Prado"];
        scratch.Write("works.csv", "id,file,artist,museum\n" + string.Concat(museums.Select((museum, i) => $"{i},{painted.ImageOf($"art00{i + 1}")},{(i % 2 == 0 ? "Dürer" : "durer")},{museum}\n")));
        Assert.Equal(0, (await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", "classical")).ExitCode);
        Assert.Equal([("Musée d'Orsay", 4), ("Prado", 1)], await ValuesAsync("museum"));
        Assert.Equal([("Dürer", 5)], await ValuesAsync("artist"));
        Assert.Contains("did you mean 'Musée d'Orsay'? See", (await CliRun.Of("list", "--gallery", scratch["g.db"], "--field", "museum=Musee d Orsey")).Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'Dürer'? See", (await CliRun.Of("list", "--gallery", scratch["g.db"], "--artist", "Durrer")).Error, StringComparison.Ordinal);
        Assert.Contains("there are Musée d'Orsay, Prado.", (await CliRun.Of("list", "--gallery", scratch["g.db"], "--field", "museum=zzzzzzzzz")).Error, StringComparison.Ordinal);
        Assert.Contains("4 works", (await CliRun.Of("list", "--gallery", scratch["g.db"], "--field", "museum=musee d’orsay")).Error, StringComparison.Ordinal);

        async Task<IEnumerable<(string?, int)>> ValuesAsync(string field) => (await CliRun.Of("list", "--gallery", scratch["g.db"], "--values", field, "--json")).Json()
            .GetProperty("values").EnumerateArray().Select(value => (value.GetProperty("value").GetString(), value.GetProperty("works").GetInt32()));
    }

    [Theory]
    [InlineData("museum", "expected NAME=VALUE")]
    [InlineData("museum=", "expected NAME=VALUE")]
    [InlineData("=Prado", "expected NAME=VALUE")]
    [InlineData("museum=Prado", "no work of the gallery has any field")]
    [InlineData("genre=forst", "did you mean 'forest'")]
    public async Task A_field_that_makes_no_sense_is_refused(string field, string expected)
    {
        CliRun run = await CliRun.Of("list", "--gallery", painted.Gallery, "--field", field);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Contains("4 works", (await CliRun.Of("list", "--gallery", painted.Gallery, "--field", "Genre=FOREST")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistyped_command_is_answered_with_the_nearest() =>
        Assert.Contains("did you mean 'search'?", (await CliRun.Of("serach", "x")).Error, StringComparison.Ordinal);
}
