using System.Globalization;
using System.Text.Json;
using ArtSimilarity.TestSupport;

namespace ArtSimilarity.Cli.Tests;

public sealed class AnnoyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artsim-annoy-command");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("pipe", "annoy info FILE --dimensions 32")]
    [InlineData("pipe", "annoy search FILE --dimensions 32 --vectors queries.json")]
    [InlineData("pipe", "annoy import FILE --dimensions 32 --gallery g.db")]
    [InlineData("device", "annoy info FILE --dimensions 32")]
    [InlineData("folder", "annoy search FILE --dimensions 32 --vectors queries.json")]
    [InlineData("pipe", "info --gallery FILE")]
    [InlineData("pipe", "search x --gallery FILE")]
    [InlineData("device", "verify --gallery FILE")]
    [InlineData("folder", "info --gallery FILE")]
    [InlineData("folder", "classify x.png --model FILE")]
    public async Task What_is_no_file_is_refused_at_once(string kind, string line)
    {
        string path = Path.Combine(_folder.FullName, "special");
        await SpecialFile.MakeAsync(kind, path, TestContext.Current.CancellationToken);
        string image = Path.Combine(_folder.FullName, "x.png");
        await File.WriteAllBytesAsync(image, [1], TestContext.Current.CancellationToken);
        string[] args = [.. line.Split(' ').Select(word => word == "FILE" ? path : word == "x.png" ? image : word)];
        CliRun run = await Task.Run(() => CliRun.Of(args), TestContext.Current.CancellationToken).WaitAsync(SpecialFile.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is not a regular file, but a ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("SQLite", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_tells_items_holes_and_trees()
    {
        JsonElement document = (await CliRun.Of("annoy", "info", SharedData.Require("annoy/angular-f32-holes.ann"), "--dimensions", "32", "--json")).Json();
        Assert.Equal(["file", "dimensions", "metric", "items", "leftOut", "trees", "nodes", "bytes"], CliRun.Keys(document));
        Assert.Equal(5, document.GetProperty("trees").GetInt32());
        Assert.Equal(776, document.GetProperty("nodes").GetInt32());
        Assert.True(document.GetProperty("leftOut").GetInt32() > 0);
    }

    [Theory]
    [InlineData(10, -1)]
    [InlineData(100, 500)]
    public async Task Search_prints_the_answers_that_Annoy_gave(int k, int searchK)
    {
        using JsonDocument expected = JsonDocument.Parse(await File.ReadAllBytesAsync(SharedData.Require("annoy/angular-f8-duplicates.expected.json"), TestContext.Current.CancellationToken));
        JsonElement[] queries = [.. expected.RootElement.GetProperty("queries").EnumerateArray()
            .Where(query => query.GetProperty("k").GetInt32() == k && query.GetProperty("search_k").GetInt32() == searchK)];
        Assert.NotEmpty(queries);
        string vectors = Path.Combine(_folder.FullName, "queries.json");
        await File.WriteAllTextAsync(vectors, $"[{string.Join(',', queries.Select(query => query.GetProperty("vector").GetRawText()))}]", TestContext.Current.CancellationToken);
        CliRun run = await CliRun.Of(
            "annoy", "search", SharedData.Require("annoy/angular-f8-duplicates.ann"), "--dimensions", "8", "--vectors", vectors,
            "-k", k.ToString(CultureInfo.InvariantCulture), "--search-k", searchK.ToString(CultureInfo.InvariantCulture), "--json");
        JsonElement[] answers = [.. run.Json().EnumerateArray()];
        Assert.Equal(queries.Length, answers.Length);
        foreach ((JsonElement query, JsonElement answer) in queries.Zip(answers))
        {
            Assert.Equal(["ids", "distances"], CliRun.Keys(answer));
            Assert.Equal(Ids(query), Ids(answer));
            Assert.All(
                query.GetProperty("distances").EnumerateArray().Zip(answer.GetProperty("distances").EnumerateArray()),
                pair => Assert.Equal(pair.First.GetDouble(), pair.Second.GetDouble(), 1e-6));
        }
    }

    [Fact]
    public async Task A_file_of_vectors_is_searched_for_itself()
    {
        CliRun run = await CliRun.Of(
            "annoy", "search", SharedData.Require("annoy/angular-f32.ann"), "--dimensions", "32", "--vectors", SharedData.Require("annoy/angular-f32.vectors.fbin"), "-k", "1", "--search-k", "2000", "--json");
        int[] nearest = [.. run.Json().EnumerateArray().Select(answer => answer.GetProperty("ids")[0].GetInt32())];
        Assert.Equal(Enumerable.Range(0, 2000), nearest);
    }

    [Theory]
    [InlineData("31", "queries.json", "[[1,2]]", "31 dimensions")]
    [InlineData("32", "queries.json", "[[1,2]]", "vector 0 has 2 dimensions")]
    [InlineData("32", "queries.json", "{\"a\":1}", "not an array of arrays of numbers, but an object.")]
    [InlineData("32", "queries.json", "[[1,2],3]", "vector 0 has 2 dimensions")]
    [InlineData("32", "queries.json", "[3]", "entry 1 is not an array of numbers, but 3.")]
    [InlineData("32", "queries.json", "[[1,\"2\"]]", "entry 1 has a text as number 2.")]
    [InlineData("32", "queries.json", "[[1,\n2", "not JSON from line 2, byte 2 on.")]
    [InlineData("32", "queries.fbin", "abc", "3 bytes")]
    [InlineData("32", "queries.csv", "1,2", ".json and .fbin")]
    public async Task What_does_not_fit_is_one_line_that_names_it(string dimensions, string name, string content, string reason)
    {
        string vectors = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(vectors, content, TestContext.Current.CancellationToken);
        CliRun run = await CliRun.Of("annoy", "search", SharedData.Require("annoy/angular-f32.ann"), "--dimensions", dimensions, "--vectors", vectors);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains(reason, Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private static IEnumerable<int> Ids(JsonElement element) => element.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32());
}
