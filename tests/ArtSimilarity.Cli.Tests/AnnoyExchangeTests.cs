using System.Text.Json;
using ArtSimilarity.Annoy;
using ArtSimilarity.FastScan;
using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;

namespace ArtSimilarity.Cli.Tests;

/// <summary>Galleries and files of spotify/annoy, from one to the other and back.</summary>
public sealed class AnnoyExchangeTests(PaintedGallery painted) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Imported_items_are_searched_by_their_keys_and_the_exact_neighbours_found()
    {
        string file = SharedData.Require("annoy/angular-f32-holes.ann");
        CliRun import = await CliRun.Of("annoy", "import", file, "--dimensions", "32", "--gallery", _folder["g.db"], "--json");
        JsonElement document = import.Json();
        Assert.Equal(["file", "gallery", "imported", "leftOut", "newWorks", "model", "dimensions", "seconds"], CliRun.Keys(document));
        Assert.Equal("annoy:angular-f32-holes", document.GetProperty("model").GetString());
        int imported = document.GetProperty("imported").GetInt32();
        Assert.Equal(imported, document.GetProperty("newWorks").GetInt32());
        Assert.Equal(600, imported + document.GetProperty("leftOut").GetInt32());

        using AnnoyFile annoy = AnnoyFile.Open(file, 32);
        int item = Enumerable.Range(300, 300).First(annoy.Contains);
        float[] query = new float[32];
        annoy.TryGetVector(item, query);
        var expected = new Neighbor[11];
        Assert.Equal(11, annoy.Search(query, expected, int.MaxValue));
        JsonElement found = (await CliRun.Of("search", $"item-{item}", "--gallery", _folder["g.db"], "-k", "10", "--json")).Json();
        Assert.Equal(
            expected.Skip(1).Select(neighbor => $"item-{neighbor.Id}"),
            found.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("key").GetString()));
        Assert.All(
            expected.Skip(1).Zip(found.GetProperty("results").EnumerateArray()),
            pair => Assert.Equal(pair.First.Distance, pair.Second.GetProperty("distance").GetDouble(), 1e-5));

        JsonElement again = (await CliRun.Of("annoy", "import", file, "--dimensions", "32", "--gallery", _folder["g.db"], "--json")).Json();
        Assert.Equal(0, again.GetProperty("newWorks").GetInt32());
        JsonElement info = (await CliRun.Of("info", "--gallery", _folder["g.db"], "--json")).Json();
        Assert.Equal(imported, info.GetProperty("works").GetInt32());
        Assert.Equal(imported, Assert.Single(info.GetProperty("spaces").EnumerateArray()).GetProperty("signatures").GetInt32());
    }

    [Fact]
    public async Task What_has_no_model_is_searched_by_key_only_and_the_message_says_so()
    {
        string file = SharedData.Require("annoy/angular-f8-duplicates.ann");
        await CliRun.Of("annoy", "import", file, "--dimensions", "8", "--gallery", _folder["g.db"], "--name", "twins");
        foreach (string[] line in new[] { new[] { "search", painted.ImageOf("art001") }, ["index", painted.Images] })
        {
            CliRun run = await CliRun.Of([.. line, "--gallery", _folder["g.db"]]);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("annoy:twins were imported", Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        }

        CliRun unknown = await CliRun.Of("search", "no-such-key", "--gallery", _folder["g.db"]), other = await CliRun.Of("search", "item-1", "--gallery", _folder["g.db"], "--model", "annoy:others");
        Assert.Contains("neither an image file nor the key", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("annoy:twins", other.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of("search", "item-1", "--gallery", _folder["g.db"], "--html", _folder["r.html"])).ExitCode);

        // Beside it images are indexed by a model that is named.
        Assert.Equal(0, (await CliRun.Of("index", painted.ImageOf("art001"), painted.ImageOf("art002"), "--gallery", _folder["g.db"], "--model", "classical")).ExitCode);
        Assert.Equal(0, (await CliRun.Of("search", painted.ImageOf("art001"), "--gallery", _folder["g.db"], "--model", "classical")).ExitCode);
        Assert.Equal(0, (await CliRun.Of("search", "item-1", "--gallery", _folder["g.db"])).ExitCode);
    }

    [Fact]
    public async Task A_gallery_goes_out_and_comes_back_the_same()
    {
        JsonElement export = (await CliRun.Of("annoy", "export", _folder["out.ann"], "--gallery", painted.Gallery, "--trees", "7", "--json")).Json();
        Assert.Equal(["file", "keys", "items", "dimensions", "trees", "model", "bytes", "seconds"], CliRun.Keys(export));
        int dimensions = export.GetProperty("dimensions").GetInt32();
        string[] keys = await File.ReadAllLinesAsync(_folder["out.ann.keys"], TestContext.Current.CancellationToken);
        Assert.Equal(PaintedGallery.Count, keys.Length);
        using (AnnoyFile file = AnnoyFile.Open(_folder["out.ann"], dimensions))
        {
            // 52 works are fewer than a leaf holds: then Annoy finds each tree's root twice, but for one.
            Assert.Equal((PaintedGallery.Count, 13), (file.ItemCount, file.TreeCount));
        }

        CliRun import = await CliRun.Of(
            "annoy", "import", _folder["out.ann"], "--dimensions", $"{dimensions}", "--gallery", _folder["back.db"], "--keys", _folder["out.ann.keys"], "--model", "classical");
        Assert.Equal(0, import.ExitCode);
        foreach (string query in new[] { keys[5], painted.ImageOf(keys[6]) })
        {
            JsonElement before = (await CliRun.Of("search", query, "--gallery", painted.Gallery, "--json")).Json(), after = (await CliRun.Of("search", query, "--gallery", _folder["back.db"], "--json")).Json();
            Assert.Equal(Found(before), Found(after));
        }

        static IEnumerable<(string?, double)> Found(JsonElement document) =>
            document.GetProperty("results").EnumerateArray().Select(result => (result.GetProperty("key").GetString(), result.GetProperty("distance").GetDouble()));
    }

    [Fact]
    public async Task The_same_gallery_trees_and_seed_give_the_same_file()
    {
        byte[] first = await ExportAsync("1"), again = await ExportAsync("1"), other = await ExportAsync("2");
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        async Task<byte[]> ExportAsync(string seed)
        {
            string file = SharedData.Require("annoy/angular-f32.ann");
            await CliRun.Of("annoy", "import", file, "--dimensions", "32", "--gallery", _folder["many.db"]);
            Assert.Equal(0, (await CliRun.Of("annoy", "export", _folder["seed.ann"], "--gallery", _folder["many.db"], "--trees", "3", "--seed", seed, "--force")).ExitCode);
            return await File.ReadAllBytesAsync(_folder["seed.ann"], TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Works_that_are_there_keep_what_is_known_of_them_and_what_a_table_says_is_taken_over()
    {
        await CliRun.Of("index", painted.Paintings, "--metadata", painted.Catalogue, "--gallery", _folder["g.db"], "--limit", "2");
        string file = WriteItems(3, 4);
        CliRun import = await CliRun.Of("annoy", "import", file, "--dimensions", "4", "--gallery", _folder["g.db"], "--keys", _folder.Write("keys.txt", "art001\nart002\nnew\n"), "--name", "four");
        Assert.Contains("1 work is new", import.Output, StringComparison.Ordinal);
        Assert.Contains("--model annoy:four", import.Error, StringComparison.Ordinal);
        JsonElement old = (await CliRun.Of("search", "art001", "--gallery", _folder["g.db"], "--json")).Json();
        JsonElement result = Assert.Single(old.GetProperty("results").EnumerateArray());
        Assert.Equal("art002", result.GetProperty("key").GetString());
        Assert.NotEqual(JsonValueKind.Null, result.GetProperty("title").ValueKind);
        JsonElement imported = (await CliRun.Of("search", "art001", "--gallery", _folder["g.db"], "--model", "annoy:four", "--json")).Json();
        Assert.Equal(["art002", "new"], imported.GetProperty("results").EnumerateArray().Select(found => found.GetProperty("key").GetString()!).Order());

        JsonElement before = await ListedAsync("art001");
        string titles = _folder.Write("titles.csv", "id,title\nart001,Another title\nart002,\nnew,N\n");
        Assert.Equal(0, (await CliRun.Of("annoy", "import", file, "--dimensions", "4", "--gallery", _folder["g.db"], "--keys", titles, "--name", "four")).ExitCode);
        JsonElement after = await ListedAsync("art001");
        Assert.Equal("Another title", after.GetProperty("title").GetString());
        foreach (string kept in (string[])["artist", "genre", "uri"])
        {
            Assert.NotEqual(JsonValueKind.Null, before.GetProperty(kept).ValueKind);
            Assert.Equal(before.GetProperty(kept).GetString(), after.GetProperty(kept).GetString());
        }

        string table = _folder.Write("works.csv", "id,title,genre,year\na,First,portrait,1900\nb,Second,landscape,1910\nc,Third,portrait,1920\n");
        Assert.Equal(0, (await CliRun.Of("annoy", "import", file, "--dimensions", "4", "--gallery", _folder["h.db"], "--keys", table)).ExitCode);
        JsonElement portraits = (await CliRun.Of("search", "a", "--gallery", _folder["h.db"], "--genre", "portrait", "--json")).Json();
        Assert.Equal("Third", Assert.Single(portraits.GetProperty("results").EnumerateArray()).GetProperty("title").GetString());
    }

    private async Task<JsonElement> ListedAsync(string key) =>
        (await CliRun.Of("list", "--gallery", _folder["g.db"], "--json")).Json().GetProperty("works").EnumerateArray().Single(work => work.GetProperty("key").GetString() == key);

    [Theory]
    [InlineData("keys.txt", "a\nb\n", "2 keys for the 3 items")]
    [InlineData("keys.txt", "a\nb\nc\nd\n", "4 keys for the 3 items")]
    [InlineData("keys.txt", "a\n\nc\n", "no usable key for item 1")]
    [InlineData("keys.txt", "a\nb\na\n", "'a' to item 0 and to item 2")]
    [InlineData("keys.csv", "file\na.jpg\nb.jpg\nc.jpg\n", "no usable key for item 0")]
    [InlineData("keys.csv", "name\na\n", "'id'")]
    public async Task Keys_that_do_not_fit_are_refused_and_nothing_is_created(string name, string content, string reason)
    {
        CliRun run = await CliRun.Of("annoy", "import", WriteItems(3, 4), "--dimensions", "4", "--gallery", _folder["none.db"], "--keys", _folder.Write(name, content));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["none.db"]));
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_in_one_line()
    {
        string file = WriteItems(3, 4);
        await Refused(1, "5 dimensions", "annoy", "import", file, "--dimensions", "5", "--gallery", _folder["none.db"]);
        await Refused(1, "there is no such list", "annoy", "import", file, "--dimensions", "4", "--gallery", _folder["none.db"], "--keys", _folder["nowhere.txt"]);
        await Refused(1, "620 dimensions", "annoy", "import", file, "--dimensions", "4", "--gallery", _folder["none.db"], "--model", "classical");
        await Refused(2, "--name and --model", "annoy", "import", file, "--dimensions", "4", "--gallery", _folder["none.db"], "--model", "classical", "--name", "x");
        Assert.False(File.Exists(_folder["none.db"]));
        await Refused(1, "none.db", "annoy", "export", _folder["x.ann"], "--gallery", _folder["none.db"]);
        await Refused(1, "620 dimensions", "annoy", "export", _folder["x.ann"], "--gallery", painted.Gallery, "--dimensions", "512");
        await Refused(2, "gallery in use", "annoy", "export", painted.Gallery, "--gallery", painted.Gallery);
        await Refused(2, "--trees", "annoy", "export", _folder["x.ann"], "--gallery", painted.Gallery, "--trees", "0");

        Assert.Equal(0, (await CliRun.Of("annoy", "import", file, "--dimensions", "4", "--gallery", _folder["g.db"], "--name", "same")).ExitCode);
        await Refused(1, "another --name", "annoy", "import", WriteItems(3, 5), "--dimensions", "5", "--gallery", _folder["g.db"], "--name", "same");
        Assert.Equal(0, (await CliRun.Of("annoy", "import", file, "--dimensions", "4", "--gallery", _folder["lines.db"], "--keys", _folder.Write("lines.csv", "id\n\"a\nb\"\nc\nd\n"))).ExitCode);
        Assert.Equal(0, (await CliRun.Of("remove", "item-0", "item-1", "item-2", "--gallery", _folder["g.db"])).ExitCode);
        await Refused(1, "nothing to export", "annoy", "export", _folder["x.ann"], "--gallery", _folder["g.db"]);
        await Refused(1, "line break", "annoy", "export", _folder["x.ann"], "--gallery", _folder["lines.db"]);

        async Task Refused(int exitCode, string reason, params string[] line)
        {
            CliRun run = await CliRun.Of(line);
            Assert.Equal(exitCode, run.ExitCode);
            Assert.Equal("", run.Output);
            Assert.Contains(reason, run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("unexpected", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("euclidean")]
    [InlineData("manhattan")]
    [InlineData("dot")]
    [InlineData("hamming")]
    [InlineData("cosine")]
    public async Task A_metric_that_the_file_was_not_built_with_is_refused(string metric)
    {
        CliRun run = await CliRun.Of("annoy", "info", SharedData.Require("annoy/angular-f32.ann"), "--dimensions", "32", "--metric", metric);
        Assert.Equal(metric == "cosine" ? 2 : 1, run.ExitCode);
        Assert.Contains(metric == "cosine" ? "'cosine'" : "another metric", run.Error, StringComparison.Ordinal);
    }

    private string WriteItems(int count, int dimensions)
    {
        var vectors = new VectorSet(dimensions);
        var random = new Random(count);
        for (int item = 0; item < count; item++)
        {
            float[] vector = [.. Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() - 0.5f)];
            vectors.Add([item], vector);
        }

        string path = _folder[$"items-{count}x{dimensions}.ann"];
        AnnoyFileWriter.Write(path, vectors, new AnnoyFileWriterOptions { TreeCount = 2 }, null, TestContext.Current.CancellationToken);
        return path;
    }
}
