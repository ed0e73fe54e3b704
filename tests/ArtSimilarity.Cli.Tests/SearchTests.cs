using System.Text.Json;
using System.Xml.Linq;
using ArtSimilarity.NetVips;

namespace ArtSimilarity.Cli.Tests;

public sealed class SearchTests(PaintedGallery painted)
{
    private static readonly string[] ResultKeys = ["key", "distance", "similarity", "title", "artist", "genre", "style", "year", "uri", "tags", "artists", "fields"];

    [Fact]
    public async Task The_document_has_the_promised_keys()
    {
        JsonElement document = (await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "-k", "4", "--json")).Json();
        Assert.Equal(["query", "seconds", "results"], CliRun.Keys(document));
        Assert.Equal("art001", document.GetProperty("query").GetString());
        JsonElement[] results = [.. document.GetProperty("results").EnumerateArray()];
        Assert.Equal(4, results.Length);
        Assert.All(results, result => Assert.Equal(ResultKeys, CliRun.Keys(result)));
        float[] distances = [.. results.Select(result => result.GetProperty("distance").GetSingle())];
        Assert.Equal(distances.Order(), distances);
        Assert.DoesNotContain("art001", results.Select(result => result.GetProperty("key").GetString()));
    }

    [Fact]
    public async Task An_image_finds_itself_first()
    {
        JsonElement document = (await CliRun.Of("search", painted.ImageOf("art020"), "--gallery", painted.Gallery, "-k", "2", "--json")).Json();
        JsonElement first = document.GetProperty("results")[0];
        Assert.Equal("art020", first.GetProperty("key").GetString());
        Assert.InRange(first.GetProperty("distance").GetSingle(), 0, 0.001f);
        Assert.InRange(first.GetProperty("similarity").GetSingle(), 0.999f, 1.0001f);
    }

    [Fact]
    public async Task A_key_wins_over_a_file_of_the_same_name()
    {
        using var scratch = new ScratchFolder();
        File.Copy(painted.ImageOf("art001"), scratch["a.jpg"]);
        await CliRun.Of("index", scratch["a.jpg"], painted.ImageOf("art014"), "--gallery", scratch["g.db"]);

        // The absolute path is no key, so this one is the image, which finds itself; the key does not.
        JsonElement byFile = (await CliRun.Of("search", scratch["a.jpg"], "--gallery", scratch["g.db"], "--json")).Json();
        JsonElement byKey = (await CliRun.Of("search", "a.jpg", "--gallery", scratch["g.db"], "--json")).Json();
        Assert.Equal(2, byFile.GetProperty("results").GetArrayLength());
        Assert.Equal(1, byKey.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Filters_hold_for_every_result()
    {
        JsonElement document = (await CliRun.Of(
            "search", "art001", "--gallery", painted.Gallery, "-k", "52", "--genre", "Seascape", "--genre", "forest", "--artist", "The Fine Hand", "--json")).Json();
        JsonElement[] results = [.. document.GetProperty("results").EnumerateArray()];
        Assert.NotEmpty(results);
        Assert.All(results, result => Assert.Equal("The Fine Hand", result.GetProperty("artist").GetString()));
        Assert.Equal(["forest", "seascape"], results.Select(result => result.GetProperty("genre").GetString()!).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Years_are_a_closed_range()
    {
        int[] all = [.. (await YearsAsync()).Order()];
        int from = all[all.Length / 4], to = all[all.Length / 2];
        Assert.Equal(all.Where(year => year >= from && year <= to), (await YearsAsync("--from-year", $"{from}", "--to-year", $"{to}")).Order());
        Assert.Equal(all, (await YearsAsync("--from-year", "-500")).Order());
    }

    [Fact]
    public async Task A_region_counts_in_fractions_or_in_pixels()
    {
        string image = painted.ImageOf("art006");
        (int width, int height) = Size(image);
        CliRun whole = await CliRun.Of("search", image, "--gallery", painted.Gallery, "--json");
        CliRun fractions = await CliRun.Of("search", image, "--gallery", painted.Gallery, "--region", "0,0,1,1", "--json");
        CliRun pixels = await CliRun.Of("search", image, "--gallery", painted.Gallery, "--region", $"0,0,{width},{height}", "--json");
        CliRun detail = await CliRun.Of("search", "art006", "--gallery", painted.Gallery, "--region", "0.5,0,0.5,0.5", "--json");
        Assert.Equal(Distances(whole), Distances(fractions));
        Assert.Equal(Distances(whole), Distances(pixels));
        Assert.NotEqual(Distances(whole), Distances(detail));
    }

    [Theory]
    [InlineData("0,0,1")]
    [InlineData("a,0,1,1")]
    [InlineData("0.5,0.5,0.6,0.1")]
    [InlineData("0,0,0,1")]
    [InlineData("0,0,5000,10")]
    [InlineData("-3,0,20,10")]
    [InlineData("1.5,0,20,10")]
    public async Task A_region_that_makes_no_sense_is_wrong_usage(string region)
    {
        CliRun run = await CliRun.Of("search", "art001", "--gallery", painted.Gallery, $"--region={region}");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(region, run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task The_page_shows_query_and_results_and_escapes_what_it_is_told()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("works.csv", $"id,file,title\n<b>1&2,{painted.ImageOf("art001")},\"<img src=x onerror=\"\"alert(1)\"\"> ' & \u0001\"\nother,{painted.ImageOf("art002")},\n");
        await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"]);
        CliRun run = await CliRun.Of("search", "<b>1&2", "--gallery", scratch["g.db"], "--region", "0.25,0.25,0.5,0.5", "--html", scratch["found/page.html"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(scratch["found/page.html"], run.Output.TrimEnd());
        XDocument page = DemoTests.Parse(await File.ReadAllTextAsync(scratch["found/page.html"], TestContext.Current.CancellationToken));
        Assert.Equal(2, page.Descendants("img").Count());
        Assert.Equal("<img src=x onerror=\"alert(1)\"> ' & \uFFFD", page.Descendants("h2").First().Value);
        Assert.Single(page.Descendants("span"), element => element.Attribute("class")?.Value == "region");
    }

    [Fact]
    public async Task A_picture_that_is_gone_leaves_a_word_in_its_place()
    {
        using var scratch = new ScratchFolder();
        File.Copy(painted.ImageOf("art001"), scratch["gone.jpg"]);
        await CliRun.Of("index", scratch["gone.jpg"], painted.ImageOf("art002"), "--gallery", scratch["g.db"]);
        File.Delete(scratch["gone.jpg"]);
        await CliRun.Of("search", painted.ImageOf("art003"), "--gallery", scratch["g.db"], "--html", scratch["page.html"]);
        XDocument page = DemoTests.Parse(await File.ReadAllTextAsync(scratch["page.html"], TestContext.Current.CancellationToken));
        Assert.Equal("The picture gone.jpg cannot be shown.", Assert.Single(page.Descendants("p"), element => element.Attribute("class")?.Value == "gone").Value);
    }

    [Fact]
    public async Task A_piped_table_is_plain()
    {
        CliRun run = await CliRun.Of("search", "art001", "--gallery", painted.Gallery, "-k", "3");
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.DoesNotContain(run.Output, c => c is '\u001b' or '│' or '╭' or '─');
        Assert.StartsWith("1 ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        using var scratch = new ScratchFolder();
        CliRun noGallery = await CliRun.Of("search", "art001", "--gallery", scratch["none.db"]);
        CliRun noWork = await CliRun.Of("search", "nothing", "--gallery", painted.Gallery);
        CliRun noImage = await CliRun.Of("search", painted.Catalogue, "--gallery", painted.Gallery);
        Assert.Equal((1, 1, 1), (noGallery.ExitCode, noWork.ExitCode, noImage.ExitCode));
        Assert.Contains(scratch["none.db"], noGallery.Error, StringComparison.Ordinal);
        Assert.Contains("'nothing'", noWork.Error, StringComparison.Ordinal);
        Assert.Contains(painted.Catalogue, noImage.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Path));
    }

    [Fact]
    public async Task Searching_exactly_gives_the_same_on_a_small_gallery()
    {
        CliRun usual = await CliRun.Of("search", "art005", "--gallery", painted.Gallery, "--json");
        CliRun exact = await CliRun.Of("search", "art005", "--gallery", painted.Gallery, "--exact", "--json");
        Assert.Equal(Distances(usual), Distances(exact));
    }

    private static float[] Distances(CliRun run) => [.. run.Json().GetProperty("results").EnumerateArray().Select(result => result.GetProperty("distance").GetSingle())];

    private async Task<int[]> YearsAsync(params string[] filter)
    {
        CliRun run = await CliRun.Of(["search", painted.ImageOf("art001"), "--gallery", painted.Gallery, "-k", "100", "--json", .. filter]);
        return [.. run.Json().GetProperty("results").EnumerateArray().Select(result => result.GetProperty("year").GetInt32())];
    }

    private static (int Width, int Height) Size(string image)
    {
        using Imaging.RgbImage pixels = new NetVipsImageDecoder().Decode(Imaging.ImageSource.FromFile(image));
        return (pixels.Width, pixels.Height);
    }
}
