using System.Text.Json;
using System.Xml.Linq;

namespace ArtSimilarity.Cli.Tests;

public sealed class GraphTests(PaintedGallery painted)
{
    [Theory]
    [InlineData("g.gexf", "gexf")]
    [InlineData("g.graphml", "graphml")]
    public async Task The_graph_is_written_in_the_format_of_its_name(string file, string root)
    {
        using var scratch = new ScratchFolder();
        JsonElement document = (await CliRun.Of("graph", "--gallery", painted.Gallery, "--k", "3", "--out", scratch[file], "--json")).Json();
        Assert.Equal(["file", "works", "edges", "mutualEdges", "seconds"], CliRun.Keys(document));
        Assert.Equal((PaintedGallery.Count, PaintedGallery.Count * 3), (document.GetProperty("works").GetInt32(), document.GetProperty("edges").GetInt32()));
        XElement written = XDocument.Load(scratch[file]).Root!;
        Assert.Equal(root, written.Name.LocalName);
        Assert.Equal(PaintedGallery.Count, written.Descendants().Count(element => element.Name.LocalName == "node"));
        CliRun again = await CliRun.Of("graph", "--gallery", painted.Gallery, "--out", scratch[file], "--genre", "forest", "--force");
        Assert.Equal(scratch[file], again.Output.Trim());
        Assert.Contains("4 works, 12 edges of which 12 are mutual", again.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("g.svg", "must end in .gexf or .graphml")]
    [InlineData("g", "must end in .gexf or .graphml")]
    public async Task Another_format_is_refused(string file, string expected)
    {
        CliRun run = await CliRun.Of("graph", "--gallery", painted.Gallery, "--out", file);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_leads_from_work_to_work_or_there_is_none()
    {
        JsonElement document = (await CliRun.Of("path", "art001", "art050", "--gallery", painted.Gallery, "--json")).Json();
        Assert.Equal(["from", "to", "found", "length", "steps"], CliRun.Keys(document));
        JsonElement[] steps = [.. document.GetProperty("steps").EnumerateArray()];
        Assert.Equal(("art001", "art050"), (steps[0].GetProperty("key").GetString(), steps[^1].GetProperty("key").GetString()));
        Assert.Equal(document.GetProperty("length").GetDouble(), steps.Skip(1).Sum(step => step.GetProperty("distance").GetDouble()), 1e-4);
        CliRun table = await CliRun.Of("path", "art001", "art050", "--gallery", painted.Gallery);
        Assert.Equal(steps.Length + 1, table.Output.TrimEnd().Split('\n').Length);

        CliRun none = await CliRun.Of("path", "art001", "art050", "--gallery", painted.Gallery, "-k", "1");
        Assert.Equal((1, ""), (none.ExitCode, none.Output));
        Assert.Contains("no path leads from 'art001' to 'art050'", none.Error, StringComparison.Ordinal);
        CliRun unknown = await CliRun.Of("path", "art001", "nobody", "--gallery", painted.Gallery);
        Assert.Contains("'nobody' is not the key of a work", unknown.Error, StringComparison.Ordinal);
        CliRun left = await CliRun.Of("path", "art001", "art050", "--gallery", painted.Gallery, "--genre", "forest");
        Assert.Contains("it does not pass the filter", left.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Earlier_and_later_works_are_listed()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("works.csv", "id,file,year\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"w{i},{painted.ImageOf($"art00{i}")},{(i == 9 ? "" : 1500 + i)}\n")));
        Assert.Equal(0, (await CliRun.Of("index", scratch["works.csv"], "--gallery", scratch["g.db"], "--model", "classical")).ExitCode);
        JsonElement document = (await CliRun.Of("genealogy", "w4", "--gallery", scratch["g.db"], "--json")).Json();
        Assert.Equal(["key", "year", "earlier", "later"], CliRun.Keys(document));
        Assert.Equal(["w1", "w2", "w3"], KeysOf("earlier"));
        Assert.Equal(["w5", "w6", "w7", "w8"], KeysOf("later"));
        CliRun table = await CliRun.Of("genealogy", "w4", "--gallery", scratch["g.db"], "--years-apart", "3", "-k", "1");
        Assert.Contains("w1", table.Output, StringComparison.Ordinal);
        Assert.Contains("1 earlier work, 1 later work.", table.Error, StringComparison.Ordinal);
        CliRun undated = await CliRun.Of("genealogy", "w9", "--gallery", scratch["g.db"]);
        Assert.Equal(1, undated.ExitCode);
        Assert.Contains("'w9' has no year", undated.Error, StringComparison.Ordinal);

        IEnumerable<string?> KeysOf(string side) => document.GetProperty(side).EnumerateArray().Select(work => work.GetProperty("key").GetString()).Order();
    }
}
