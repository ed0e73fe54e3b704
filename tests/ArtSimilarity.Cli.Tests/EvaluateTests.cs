using System.Text.Json;

namespace ArtSimilarity.Cli.Tests;

public sealed class EvaluateTests(PaintedGallery painted)
{
    [Fact]
    public async Task Precision_is_that_of_the_searches_themselves()
    {
        JsonElement document = (await CliRun.Of("evaluate", "--gallery", painted.Gallery, "-k", "1,3", "--json")).Json();
        Assert.Equal(
            ["model", "dimensions", "by", "queries", "base", "missing", "precision", "map", "macroMap", "classes", "pairs", "seconds"], CliRun.Keys(document));
        Assert.Equal(PaintedGallery.Count, document.GetProperty("queries").GetInt32());
        Assert.Equal(13, document.GetProperty("classes").GetArrayLength());

        // The same, counted from one search for each work.
        double sum = 0;
        foreach (string line in File.ReadLines(painted.Catalogue).Skip(1))
        {
            string[] fields = line.Split(',');
            JsonElement found = (await CliRun.Of("search", fields[0], "--gallery", painted.Gallery, "-k", "3", "--exact", "--json")).Json();
            sum += found.GetProperty("results").EnumerateArray().Count(result => result.GetProperty("genre").GetString() == fields[4]) / 3.0;
        }

        JsonElement atThree = document.GetProperty("precision")[1];
        Assert.Equal(3, atThree.GetProperty("k").GetInt32());
        Assert.Equal(sum / PaintedGallery.Count, atThree.GetProperty("micro").GetDouble(), 9);

        // Four of each kind: every class counts the same, so the two means agree.
        Assert.Equal(atThree.GetProperty("micro").GetDouble(), atThree.GetProperty("macro").GetDouble(), 9);
    }

    [Fact]
    public async Task Queries_are_taken_out_of_the_base()
    {
        using var scratch = new ScratchFolder();
        string queries = scratch.Write("queries.csv", $"id,file\nart001,\nnot-there,\n,{painted.ImageOf("art002")}\n");
        CliRun run = await CliRun.Of("evaluate", "--gallery", painted.Gallery, "--queries", queries, "-k", "3", "--json");
        JsonElement document = run.Json();
        Assert.Equal(2, document.GetProperty("queries").GetInt32());
        Assert.Equal(PaintedGallery.Count - 2, document.GetProperty("base").GetInt32());
        Assert.Equal(1, document.GetProperty("missing").GetInt32());
        Assert.Contains("1 work of ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pairs_are_looked_for_in_both_directions()
    {
        using var scratch = new ScratchFolder();
        string image = painted.ImageOf("art010");
        string other = scratch["other" + Path.GetExtension(image)];
        File.Copy(image, other);
        string list = scratch.Write("list.csv", $"id,file,genre\na,{image},x\nb,{other},x\nc,{painted.ImageOf("art011")},x\nd,{painted.ImageOf("art024")},x\n");
        string pairs = scratch.Write("pairs.csv", "id_a,id_b\na,b\nc,zzz\n");
        await CliRun.Of("index", list, "--gallery", scratch["g.db"]);
        JsonElement figures = (await CliRun.Of("evaluate", "--gallery", scratch["g.db"], "--pairs", pairs, "-k", "1", "--json")).Json().GetProperty("pairs");
        Assert.Equal(1, figures.GetProperty("pairs").GetInt32());
        Assert.Equal(1, figures.GetProperty("missing").GetInt32());
        Assert.Equal([(1, 1.0), (10, 1.0)], figures.GetProperty("recall").EnumerateArray().Select(row => (row.GetProperty("k").GetInt32(), row.GetProperty("recall").GetDouble())));
    }

    [Theory]
    [InlineData("by", "--by", "colour")]
    [InlineData("-k", "-k", "10,x")]
    [InlineData("-k", "-k", "0")]
    public async Task Wrong_values_are_wrong_usage(string named, string option, string value)
    {
        CliRun run = await CliRun.Of("evaluate", "--gallery", painted.Gallery, option, value);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(value.Split(',')[^1], run.Error, StringComparison.Ordinal);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gallery_without_labels_cannot_be_judged()
    {
        using var scratch = new ScratchFolder();
        await CliRun.Of("index", painted.ImageOf("art001"), painted.ImageOf("art002"), "--gallery", scratch["g.db"]);
        CliRun run = await CliRun.Of("evaluate", "--gallery", scratch["g.db"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("genre", run.Error, StringComparison.Ordinal);
    }
}
