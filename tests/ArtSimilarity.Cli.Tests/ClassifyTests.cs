using System.Text.Json;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Onnx.Tests;
using ArtSimilarity.TestSupport;

namespace ArtSimilarity.Cli.Tests;

public sealed class ClassifyTests(PaintedGallery painted) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_that_loads_for_too_long_is_told_with_the_option_that_allows_more()
    {
        string model = _folder["loop.onnx"], image = ColourModel.Paint(_folder, "blue.png", 51, 0, 102);
        File.Copy(SharedData.Require("cases/onnx/endless.onnx"), model);
        CliRun run = await CliRun.Of("index", image, "--gallery", _folder["g.db"], "--model", model, "--load-timeout", "0.25");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("artsim: loop: the model was not loaded and tried within 0.25 s. It may never end; --load-timeout SECONDS gives it longer.", run.Error.TrimEnd());
        CliRun standard = await CliRun.Of("index", image, "--gallery", _folder["g.db"], "--model", model);
        Assert.Contains("within 2 s", standard.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["g.db"]));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1,5")]
    [InlineData("86401")]
    [InlineData("NaN")]
    [InlineData("soon")]
    public async Task A_load_timeout_is_a_number_of_seconds(string seconds)
    {
        CliRun run = await CliRun.Of("classify", "x.png", "--load-timeout", seconds);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--load-timeout must be a number of seconds from 0.001 to 86400, not '{seconds}'.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("classify")]
    [InlineData("index")]
    [InlineData("search")]
    [InlineData("evaluate")]
    [InlineData("tune")]
    [InlineData("demo")]
    [InlineData("annoy import")]
    [InlineData("annoy export")]
    public async Task Every_command_with_a_model_lets_it_take_longer(string command)
    {
        string help = (await CliRun.Of([.. command.Split(' '), "--help"])).Output;
        Assert.Contains("--model", help, StringComparison.Ordinal);
        Assert.Contains("--load-timeout", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("classify")]
    [InlineData("index")]
    [InlineData("search")]
    public async Task Every_command_that_takes_pictures_can_take_damaged_ones(string command) =>
        Assert.Contains("--accept-damaged", (await CliRun.Of(command, "--help")).Output, StringComparison.Ordinal);

    [Fact]
    public async Task A_model_without_labels_is_told_in_the_words_of_the_command_line()
    {
        string blue = ColourModel.Paint(_folder, "blue.png", 51, 0, 102);
        File.WriteAllBytes(_folder["plain.onnx"], TinyModel.ChannelMeans());
        CliRun run = await CliRun.Of("classify", blue, "--model", _folder["plain.onnx"]);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("artsim: plain: the model has no labels", run.Error, StringComparison.Ordinal);
        Assert.Contains("--model", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("OutputName", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_lists_the_labels_of_each_image_the_most_probable_first()
    {
        string model = ColourModel.Write(_folder), blue = ColourModel.Paint(_folder, "blue.png", 51, 0, 102);
        JsonElement image = Assert.Single((await CliRun.Of("classify", blue, "--model", model, "--json")).Json().EnumerateArray());
        Assert.Equal(["file", "probabilities"], CliRun.Keys(image));
        Assert.Equal(blue, image.GetProperty("file").GetString());
        Assert.Equal(["seascape", "portrait", "forest"], CliRun.Keys(image.GetProperty("probabilities")));
        double[] scores = [Math.Exp(2), Math.Exp(1), 1];
        Assert.Equal(
            scores.Select(score => score / scores.Sum()),
            image.GetProperty("probabilities").EnumerateObject().Select(label => label.Value.GetDouble()),
            (a, b) => Math.Abs(a - b) < 2e-6);
    }

    [Fact]
    public async Task Folders_are_expanded_as_for_index_and_broken_images_are_named()
    {
        string model = ColourModel.Write(_folder);
        Directory.CreateDirectory(_folder["sub/deep"]);
        ColourModel.Paint(_folder, "sub/deep/green.png", 0, 200, 0);
        ColourModel.Paint(_folder, "sub/red.png", 200, 0, 0);
        _folder.Write("sub/broken.jpg", "this is no image");
        _folder.Write("sub/notes.txt", "this is no image either");
        CliRun run = await CliRun.Of("classify", _folder["sub"], "--model", model, "--top", "1", "--json");
        Assert.Equal(
            [("green.png", "forest"), ("red.png", "portrait")],
            run.Json().EnumerateArray().Select(image => (Path.GetFileName(image.GetProperty("file").GetString()!), Assert.Single(CliRun.Keys(image.GetProperty("probabilities"))))));
        Assert.Contains(_folder["sub/broken.jpg"], run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("notes.txt", run.Error, StringComparison.Ordinal);

        CliRun nothing = await CliRun.Of("classify", _folder["sub/broken.jpg"], "--model", model, "--json");
        Assert.Equal(1, nothing.ExitCode);
        Assert.Equal("[]", nothing.Output.Trim());
    }

    [Fact]
    public async Task A_table_has_a_line_for_each_image_and_as_many_labels_as_asked_for()
    {
        string model = ColourModel.Write(_folder);
        CliRun run = await CliRun.Of("classify", painted.ImageOf("art001"), painted.ImageOf("art002"), "--model", model, "--top", "2");
        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal(2, lines[1].Count(c => c == '%'));
        Assert.Contains("2 images classified by genre, 0 failed", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_target_is_told_when_asked_for()
    {
        string model = ColourModel.Write(_folder), red = ColourModel.Paint(_folder, "red.png", 200, 0, 0);
        JsonElement image = (await CliRun.Of("classify", red, "--model", model, "--target", "mood", "--flip", "--json")).Json()[0];
        Assert.Equal(["odd", "warm", "cool"], CliRun.Keys(image.GetProperty("probabilities")));
        CliRun unknown = await CliRun.Of("classify", red, "--model", model, "--target", "artist");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("no target 'artist', but genre, mood", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_in_a_line()
    {
        string model = ColourModel.Write(_folder), image = painted.ImageOf("art001");
        CliRun classical = await CliRun.Of("classify", image, "--model", "classical"), noTop = await CliRun.Of("classify", image, "--model", model, "--top", "0"), noImage = await CliRun.Of("classify"), nowhere = await CliRun.Of("classify", _folder["nowhere"], "--model", model), gone = await CliRun.Of("classify", image, "--model", _folder["gone.onnx"]);
        Assert.Equal((2, 2, 2, 1, 1), (classical.ExitCode, noTop.ExitCode, noImage.ExitCode, nowhere.ExitCode, gone.ExitCode));
        Assert.Contains("tells no labels", classical.Error, StringComparison.Ordinal);
        Assert.Contains("--top", noTop.Error, StringComparison.Ordinal);
        Assert.Contains(_folder["nowhere"], nowhere.Error, StringComparison.Ordinal);
        Assert.Contains(_folder["gone.onnx"], gone.Error, StringComparison.Ordinal);

        string features = SharedData.Require("models/squeezenet1.1-features.onnx");
        CliRun noLabels = await CliRun.Of("classify", image, "--model", features);
        Assert.Equal(1, noLabels.ExitCode);
        Assert.Contains("has no labels", noLabels.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_model_it_is_the_one_that_comes_with_the_tool()
    {
        CliRun run = await CliRun.Of("classify", painted.ImageOf("art001"), "--json");
        if (ModelReference.Default == ModelReference.Classical)
        {
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("no model comes with this build", run.Error, StringComparison.Ordinal);
            return;
        }

        string[] labels = CliRun.Keys(run.Json()[0].GetProperty("probabilities"));
        Assert.Equal(10, labels.Length);
        Assert.Contains("still_life", labels);
    }
}
