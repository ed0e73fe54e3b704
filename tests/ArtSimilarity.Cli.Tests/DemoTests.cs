using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using ArtSimilarity.Cli.Commands;
using ArtSimilarity.Studio;

namespace ArtSimilarity.Cli.Tests;

public sealed class DemoTests(PaintedGallery painted)
{
    [Fact]
    public void The_document_says_what_was_done()
    {
        Assert.Equal(
            ["report", "gallery", "metadata", "indexed", "skipped", "failed", "model", "dimensions", "queries", "seconds"], CliRun.Keys(painted.Document));
        Assert.Equal(PaintedGallery.Count, painted.Document.GetProperty("indexed").GetInt32());
        Assert.Equal(0, painted.Document.GetProperty("failed").GetArrayLength());
        Assert.Equal("classical", painted.Document.GetProperty("model").GetString());
        Assert.Equal(painted.Report, painted.Document.GetProperty("report").GetString());
        Assert.True(File.Exists(painted.Gallery));
    }

    [Fact]
    public void Every_kind_is_asked_for_once()
    {
        Dictionary<string, string> genreOf = File.ReadLines(painted.Catalogue).Skip(1).Select(line => line.Split(',')).ToDictionary(fields => fields[0], fields => fields[4]);
        IEnumerable<string> asked = painted.Document.GetProperty("queries").EnumerateArray().Select(key => genreOf[key.GetString()!]);
        Assert.Equal(SyntheticGallery.Genres.Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_report_is_well_formed_and_complete()
    {
        XDocument page = Parse(File.ReadAllText(painted.Report));
        XElement[] images = [.. page.Descendants("img")];
        Assert.Equal(13 * 6, images.Length);
        Assert.All(images, image =>
        {
            Assert.StartsWith("data:image/webp;base64,", image.Attribute("src")!.Value, StringComparison.Ordinal);
            Assert.NotEmpty(Convert.FromBase64String(image.Attribute("src")!.Value["data:image/webp;base64,".Length..]));
            Assert.Matches("^(Query|Neighbour [1-5]): .{5,}", image.Attribute("alt")!.Value);
        });
        Assert.Equal("en", page.Root!.Attribute("lang")!.Value);
    }

    [Fact]
    public void The_report_refers_to_nothing_outside_itself()
    {
        string page = File.ReadAllText(painted.Report);
        Assert.DoesNotMatch(new Regex("https?:|<script|<link|@import|url\\(", RegexOptions.IgnoreCase), page);
    }

    [Fact]
    public void Neighbours_are_mostly_of_the_same_kind()
    {
        // Four of each kind, so three at most of the five shown can agree; chance would be 3/51 each.
        XDocument page = Parse(File.ReadAllText(painted.Report));
        int agreeing = page.Descendants("p").Count(element => element.Attribute("class")?.Value == "agrees");
        Assert.InRange(agreeing, 13 * 3 / 2, 13 * 3);
    }

    [Fact]
    public async Task A_folder_of_ones_own_is_used_with_the_catalogue_in_it()
    {
        using var scratch = new ScratchFolder();
        CliRun run = await CliRun.Of("demo", painted.Paintings, "--out", scratch["out"], "--limit", "8");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Titles and genres come from " + painted.Catalogue, run.Error, StringComparison.Ordinal);
        string report = run.Output.TrimEnd().Split('\n')[^1].Trim();
        Assert.Equal(8, Parse(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken)).Descendants("section").Count());
    }

    [Fact]
    public async Task Running_it_again_indexes_nothing_new()
    {
        using var scratch = new ScratchFolder();
        JsonElement first = (await CliRun.Of("demo", painted.Paintings, "--out", scratch.Path, "--limit", "5", "--json")).Json();
        JsonElement second = (await CliRun.Of("demo", painted.Paintings, "--out", scratch.Path, "--limit", "5", "--json")).Json();
        Assert.Equal(5, first.GetProperty("indexed").GetInt32());
        Assert.Equal(0, second.GetProperty("indexed").GetInt32());
        Assert.Equal(5, second.GetProperty("skipped").GetInt32());
    }

    [Fact]
    public async Task A_folder_without_images_fails()
    {
        using var scratch = new ScratchFolder();
        CliRun run = await CliRun.Of("demo", scratch.Path, "--out", scratch["out"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no images", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Queries_are_spread_over_genres_and_always_the_same()
    {
        Painting[] works = [.. Enumerable.Range(0, 40).Select(i => new Painting($"w{i}") { Genre = i < 30 ? "many" : i < 36 ? "few" : null })];
        IReadOnlyList<Painting> chosen = DemoCommand.ChooseQueries(works);
        Assert.Equal(chosen, DemoCommand.ChooseQueries([.. works.Reverse()]));
        Assert.Equal(["many", "few", null, "many", "few", null], chosen.Take(6).Select(work => work.Genre));
        Assert.Equal(13, chosen.Distinct().Count());
    }

    internal static XDocument Parse(string page)
    {
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }
}
