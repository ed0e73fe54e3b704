using System.Text.Json;
using ArtSimilarity.Catalogues;

namespace ArtSimilarity.Cli.Tests;

public sealed class FieldTests(PaintedGallery painted) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Any_column_becomes_a_field_that_is_listed_filtered_exported_and_read_again()
    {
        await IndexAsync(
            "id,file,artist,date,Museum,medium,Credit Line,page,_row,sha256,title\n"
            + $"a,{painted.ImageOf("art001")},Rubens | Jan Brueghel,c. 1650,Museo del Prado,oil|panel,\"Gift of A; B, 1900\",https://example.org/a?x=1&y=2,7,abc,T\n"
            + $"b,{painted.ImageOf("art002")},Rubens,1700,Louvre,Oil,,,8,def,\n"
            + $"c,{painted.ImageOf("art003")},,,Musée d'Orsay,,,,9,ghi,\n");
        JsonElement works = (await RunAsync("list", "--json")).Json().GetProperty("works");
        JsonElement a = works[0];
        Assert.Equal(["Rubens", "Jan Brueghel"], Texts(a.GetProperty("artists")));
        Assert.Equal("Rubens", a.GetProperty("artist").GetString());
        Assert.Equal(["Museum", "medium", "Credit Line", "page"], CliRun.Keys(a.GetProperty("fields")));
        Assert.Equal(["oil", "panel"], Texts(a.GetProperty("fields").GetProperty("medium")));
        Assert.Equal(["Gift of A; B, 1900"], Texts(a.GetProperty("fields").GetProperty("Credit Line")));
        Assert.Equal((1650, "c. 1650"), (a.GetProperty("year").GetInt32(), a.GetProperty("date").GetProperty("text").GetString()));
        Assert.False(works[1].TryGetProperty("date", out _)); // a year alone

        await ExpectAsync("a", "--field", "museum=museo del PRADO");
        await ExpectAsync("ab", "--field", "museum=Museo del Prado", "--field", "museum=louvre");
        await ExpectAsync("b", "--field", "medium=oil", "--field", "museum=Louvre");
        await ExpectAsync("c", "--field", "museum=musee d'orsay");
        await ExpectAsync("a", "--artist", "jan brueghel");
        Assert.Equal(["Museo del Prado", "Louvre"], (await RunAsync("search", "c", "--field", "medium=OIL", "--json")).Json().GetProperty("results").EnumerateArray()
            .OrderBy(work => work.GetProperty("key").GetString()).Select(work => work.GetProperty("fields").GetProperty("Museum")[0].GetString()));

        JsonElement media = (await RunAsync("list", "--values", "MEDIUM", "--json")).Json();
        Assert.Equal([("oil", 2), ("panel", 1)], media.GetProperty("values").EnumerateArray().Select(value => (value.GetProperty("value").GetString()!.ToLowerInvariant(), value.GetProperty("works").GetInt32())));
        Assert.Equal(1, media.GetProperty("without").GetInt32());
        Assert.Equal(2, (await RunAsync("list", "--values", "artist", "--json")).Json().GetProperty("values")[0].GetProperty("works").GetInt32());

        // What is written can be read again, and says the same.
        Assert.Equal(0, (await RunAsync("list", "--csv", _folder["out.csv"])).ExitCode);
        Assert.Equal(
            "\uFEFFid,file,title,artist,genre,style,year,tags,date,earliest,latest,Credit Line,medium,Museum,page",
            "\uFEFF" + File.ReadAllLines(_folder["out.csv"])[0].TrimStart('\uFEFF'));
        MetadataCatalogue again = MetadataCatalogue.Read(_folder["out.csv"]), first = MetadataCatalogue.Read(_folder["works.csv"]);
        Assert.Equal(first.Entries.Select(entry => entry.Describe("k", null)), again.Entries.Select(entry => entry.Describe("k", null)));
        CliRun found = await RunAsync("search", "c", "--field", "museum=Louvre", "--csv", "-");
        Assert.StartsWith("place,key,distance,similarity,title,artist,genre,style,year,tags,uri,medium,Museum\n", found.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_given_is_kept_and_what_was_a_tag_becomes_a_field()
    {
        await IndexAsync($"id,file,tags,rights,medium\na,{painted.ImageOf("art001")},museum:Prado|x,free,oil\n");
        await IndexAsync($"id,file,museum,rights\na,{painted.ImageOf("art001")},Louvre,\n");
        JsonElement work = (await RunAsync("list", "--json")).Json().GetProperty("works")[0];
        Assert.Equal(["x"], Texts(work.GetProperty("tags")));
        Assert.Equal(["rights", "medium", "museum"], CliRun.Keys(work.GetProperty("fields")));
        CliRun tag = await RunAsync("list", "--tag", "museum:louvre");
        Assert.Equal(2, tag.ExitCode);
        Assert.Contains("say --field museum=louvre", tag.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("musem=Prado", "did you mean 'Museum'?")]
    [InlineData("museum=Prada", "did you mean 'Prado'?")]
    [InlineData("museum=zzzzzzzzz", "there are Louvre, Prado.")]
    public async Task A_mistyped_field_or_value_is_answered_with_the_nearest(string field, string expected)
    {
        await IndexAsync($"id,file,Museum\na,{painted.ImageOf("art001")},Prado\nb,{painted.ImageOf("art002")},Louvre\n");
        foreach (string[] command in (string[][])[["search", "a"], ["list"]])
        {
            CliRun run = await RunAsync([.. command, "--field", field]);
            Assert.Equal((2, ""), (run.ExitCode, run.Output));
            Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_report_shows_fields_and_links_to_web_addresses_alone()
    {
        await IndexAsync($"id,file,artist,date,page,note\na,{painted.ImageOf("art001")},A;B,c. 1650,https://example.org/a?x=1&y=<2>,javascript:alert(1) <b>\n");
        Assert.Equal(0, (await RunAsync("search", "a", "--html", _folder["r.html"])).ExitCode);
        string html = await File.ReadAllTextAsync(_folder["r.html"], TestContext.Current.CancellationToken);
        Assert.Contains("<p class=\"meta\">A, B, c. 1650</p>", html, StringComparison.Ordinal);
        Assert.Contains("<p>page: <a href=\"https://example.org/a?x=1&amp;y=%3C2%3E\" rel=\"noreferrer\">", html, StringComparison.Ordinal);
        Assert.Contains("<p>note: javascript:alert(1) &lt;b&gt;</p>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Odd_columns_and_values_never_refuse_a_catalogue()
    {
        string name = new('n', 300), value = new('v', PaintingFields.MaxValueLength + 1);
        MetadataCatalogue catalogue = MetadataCatalogue.Read(_folder.Write("odd.csv", $"id,\"two\nlines\",{name},Unnamed: 0,index\na,x,y,1,2\nb,{value},y,3,4\n"));
        Painting work = catalogue.Entries[0].Describe("k", null);
        Assert.Equal(["two lines", new string('n', PaintingFields.MaxNameLength - 1) + "…"], work.Fields.Keys);
        Assert.Empty(catalogue.Entries[1].Describe("k", null).Fields);
        Assert.Contains("its further fields cannot be kept", Assert.Single(catalogue.Problems.First), StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Texts(JsonElement array) => array.EnumerateArray().Select(text => text.GetString());

    private async Task IndexAsync(string csv)
    {
        _folder.Write("works.csv", csv);
        CliRun run = await RunAsync("index", _folder["works.csv"], "--model", "classical");
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
    }

    private Task<CliRun> RunAsync(params string[] arguments) => CliRun.Of([.. arguments, "--gallery", _folder["g.db"]]);

    private async Task ExpectAsync(string keys, params string[] filter)
    {
        JsonElement document = (await RunAsync(["list", "--json", .. filter])).Json();
        Assert.Equal(keys, string.Concat(document.GetProperty("works").EnumerateArray().Select(work => work.GetProperty("key").GetString())));
    }
}
