using System.Text.Json;
using ArtSimilarity.Cli.Galleries;

namespace ArtSimilarity.Cli.Tests;

public sealed class IndexTests(PaintedGallery painted)
{
    [Fact]
    public async Task The_document_has_the_promised_keys_and_nothing_else_is_on_the_output()
    {
        using var scratch = new ScratchFolder();
        File.Copy(painted.ImageOf("art001"), scratch["a.jpg"]);
        scratch.Write("b.jpg", "this is no image");
        JsonElement document = (await CliRun.Of("index", scratch.Path, "--gallery", scratch["g.db"], "--json")).Json();
        Assert.Equal(["indexed", "skipped", "failed", "model", "dimensions", "seconds", "passedOver", "updated", "renamed", "replaced", "sameImages", "erased", "erasedValues", "withoutPrefix", "warnings"], CliRun.Keys(document));
        Assert.Equal(1, document.GetProperty("indexed").GetInt32());
        Assert.Equal(ModelReference.Default, document.GetProperty("model").GetString());
        Assert.Equal(ModelReference.Default == ModelReference.Classical ? 620 : 512, document.GetProperty("dimensions").GetInt32());
        JsonElement failed = Assert.Single(document.GetProperty("failed").EnumerateArray());
        Assert.Equal(["file", "reason"], CliRun.Keys(failed));
        Assert.Equal(scratch["b.jpg"], failed.GetProperty("file").GetString());
        Assert.NotEmpty(failed.GetProperty("reason").GetString()!);
    }

    [Fact]
    public async Task It_fails_when_nothing_at_all_can_be_indexed()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("b.png", "this is no image");
        CliRun run = await CliRun.Of("index", scratch["b.png"], "--gallery", scratch["g.db"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(scratch["b.png"], run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_continues_where_the_first_stopped()
    {
        using var scratch = new ScratchFolder();
        await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--limit", "4");
        JsonElement second = (await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--limit", "7", "--json")).Json();
        Assert.Equal(3, second.GetProperty("indexed").GetInt32());
        Assert.Equal(4, second.GetProperty("skipped").GetInt32());
    }

    [Fact]
    public async Task An_interrupted_run_fails_and_says_how_to_continue()
    {
        using var scratch = new ScratchFolder();
        using var interrupted = new CancellationTokenSource();
        await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--limit", "1");
        Task<CliRun> running = CliRun.Of(interrupted.Token, "index", painted.Images, "--gallery", scratch["g.db"], "--parallelism", "1");
        await interrupted.CancelAsync();
        CliRun run = await running;

        // On a fast machine all may be done before the interrupt arrives.
        if (run.ExitCode != 0)
        {
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("interrupted", run.Error, StringComparison.Ordinal);
        }

        JsonElement rest = (await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--json")).Json();
        Assert.Equal(PaintedGallery.Count, rest.GetProperty("indexed").GetInt32() + rest.GetProperty("skipped").GetInt32());
    }

    [Fact]
    public async Task Keys_are_paths_relative_to_the_folder_unless_a_catalogue_gives_ids()
    {
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch["sub"]);
        string name = Path.GetFileName(painted.ImageOf("art002"));
        File.Copy(painted.ImageOf("art002"), scratch[$"sub/{name}"]);
        await CliRun.Of("index", scratch.Path, "--gallery", scratch["g.db"]);
        Assert.Equal(0, (await CliRun.Of("remove", $"sub/{name}", "--gallery", scratch["g.db"])).ExitCode);

        scratch.Write("works.csv", $"ID,File,TITLE,year,source\nmine,sub/{name},\"Mer, \"\"calme\"\"\",-12,museum\n");
        await CliRun.Of("index", scratch.Path, "--gallery", scratch["g.db"], "--metadata", scratch["works.csv"]);
        JsonElement document = (await CliRun.Of("search", painted.ImageOf("art002"), "--gallery", scratch["g.db"], "--json")).Json();
        JsonElement found = Assert.Single(document.GetProperty("results").EnumerateArray());
        Assert.Equal("mine", found.GetProperty("key").GetString());
        Assert.Equal("Mer, \"calme\"", found.GetProperty("title").GetString());
        Assert.Equal(-12, found.GetProperty("year").GetInt32());
        Assert.Equal(scratch[$"sub/{name}"], found.GetProperty("uri").GetString());
    }

    [Fact]
    public async Task A_list_names_the_images_relative_to_itself()
    {
        using var scratch = new ScratchFolder();
        string list = scratch.Write("list.csv", $"file,genre\n{painted.ImageOf("art003")},one\nmissing.jpg,two\n");
        JsonElement document = (await CliRun.Of("index", list, "--gallery", scratch["g.db"], "--json")).Json();
        Assert.Equal(1, document.GetProperty("indexed").GetInt32());
        Assert.Equal(scratch["missing.jpg"], document.GetProperty("failed")[0].GetProperty("file").GetString());
    }

    [Theory]
    [InlineData("id,id\na,b\n", "line 1: the column 'id' is there twice")]
    [InlineData("id,title\n,x\n", "line 2, field 'id': a work needs an id or a file")]
    [InlineData("title,artist\nx,y\n", "line 1: there is neither a column 'id' nor 'file'")]
    [InlineData("id,title\n", "no row below the header")]
    [InlineData("", "the file is empty")]
    public async Task A_fault_in_a_catalogue_names_file_line_and_field(string text, string expected)
    {
        using var scratch = new ScratchFolder();
        string catalogue = scratch.Write("faulty.csv", text);
        CliRun run = await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--metadata", catalogue);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains(catalogue, run.Error, StringComparison.Ordinal);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.False(File.Exists(scratch["g.db"]));
    }

    [Fact]
    public async Task What_does_not_exist_is_named_and_no_gallery_is_made()
    {
        using var scratch = new ScratchFolder();
        CliRun noFolder = await CliRun.Of("index", scratch["nowhere"], "--gallery", scratch["g.db"]);
        CliRun noModel = await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--model", scratch["no.onnx"]);
        CliRun noSuchModel = await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--model", "vgg");
        Assert.Equal((1, 1, 2), (noFolder.ExitCode, noModel.ExitCode, noSuchModel.ExitCode));
        Assert.Contains(scratch["nowhere"], noFolder.Error, StringComparison.Ordinal);
        Assert.Contains(scratch["no.onnx"], noModel.Error, StringComparison.Ordinal);
        Assert.Contains("'vgg'", noSuchModel.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(scratch["g.db"]));
    }

    [Fact]
    public async Task A_second_model_lives_beside_the_first_and_the_first_stays_the_default()
    {
        string model = TestSupport.SharedData.Require("models/squeezenet1.1-features.onnx");
        using var scratch = new ScratchFolder();
        File.Copy(model, scratch["net.onnx"]);
        await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--limit", "6", "--model", "classical");
        JsonElement second = (await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--limit", "6", "--model", scratch["net.onnx"], "--json")).Json();
        Assert.Equal(6, second.GetProperty("indexed").GetInt32());
        Assert.Equal(512, second.GetProperty("dimensions").GetInt32());

        JsonElement info = (await CliRun.Of("info", "--gallery", scratch["g.db"], "--json")).Json();
        Assert.Equal("classical", info.GetProperty("model").GetString());
        Assert.Equal(["classical", scratch["net.onnx"]], info.GetProperty("spaces").EnumerateArray().Select(space => space.GetProperty("model").GetString()!));

        string query = painted.ImageOf("art001");
        CliRun other = await CliRun.Of("search", query, "--gallery", scratch["g.db"], "--model", scratch["net.onnx"], "--json");
        Assert.Equal(0, other.ExitCode);
        Assert.NotEqual(other.Output, (await CliRun.Of("search", query, "--gallery", scratch["g.db"], "--json")).Output);

        // The same file elsewhere is the same space; a model that is gone is asked for.
        Directory.CreateDirectory(scratch["elsewhere"]);
        File.Move(scratch["net.onnx"], scratch["elsewhere/net.onnx"]);
        CliRun gone = await CliRun.Of("search", query, "--gallery", scratch["g.db"], "--model", scratch["net.onnx"]);
        Assert.Equal(1, gone.ExitCode);
        Assert.Contains("--model", gone.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of("search", query, "--gallery", scratch["g.db"], "--model", scratch["elsewhere/net.onnx"])).ExitCode);
    }
}
