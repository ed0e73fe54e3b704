using System.Text.Json;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Conformance;
using ArtSimilarity.Onnx;
using ArtSimilarity.Trainer;
using Xunit;

namespace ArtSimilarity.Training.Tests;

/// <summary>The tool, on real paintings.</summary>
[Collection(nameof(RunsAlone))]
public class TrainCommandTests
{
    [Fact]
    public async Task A_small_run_learns_genres_that_it_tells_of_paintings_it_never_saw()
    {
        string metadata = SharedData.Require("paintings/paintings.csv"), model = SharedData.Require("models/mobilenetv2-gluon-features.onnx");
        using var folder = new TemporaryFolder();
        (int code, string output, string error) = await RunAsync(
            "--metadata", metadata, "--base", model, "--label", "genre", "--out", folder["genre.onnx"], "--pairs", SharedData.Require("paintings/same_work_pairs.csv"), "--limit", "700", "--share", "0.3", "--evaluate-every", "20", "--json");
        Assert.True(code == ExitCode.Done, error);
        using var document = JsonDocument.Parse(output);
        JsonElement report = document.RootElement;

        // Ten genres: chance gives 0.1.
        Assert.True(report.GetProperty("balancedAccuracy").GetDouble() > 0.45, output);
        Assert.True(report.GetProperty("top3Accuracy").GetDouble() > 0.75, output);
        Assert.True(report.GetProperty("agreementWithOnnxRuntime").GetDouble() > 0.9999, output);
        Assert.Equal(10, report.GetProperty("labels").GetArrayLength());
        foreach (string file in new[] { "training.png", "confusion.png", "metrics.jsonl", "report.json" })
        {
            Assert.True(new FileInfo(Path.Combine(folder["genre-training"], file)).Length > 100, file);
        }

        using var extractor = new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = folder["genre.onnx"] });
        Assert.Equal(512, extractor.Space.Dimensions);
        using var classifier = new OnnxImageClassifier(new OnnxImageClassifierOptions { ModelPath = folder["genre.onnx"] });
        Assert.Equal(10, classifier.Labels.Count);
        Assert.Equal("genre 1", classifier.TrainedModel!.Version);
    }

    [Theory]
    [InlineData("--metadata is required", "--base", "x.onnx", "--out", "y.onnx")]
    [InlineData("there is no such CSV file", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx")]
    [InlineData("neither a recipe", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx", "--recipe", "nonsense")]
    [InlineData("name the teacher", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx", "--recipe", "genre-resnet50-conv4")]
    [InlineData("--teacher would change nothing", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx", "--recipe", "head", "--teacher", "z.onnx")]
    [InlineData("with --held-out", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx", "--recipe", "genre-resnet50-conv4", "--teacher", "z.onnx")]
    public async Task What_is_wrong_is_said_in_a_line(string message, params string[] args)
    {
        string before = Environment.CurrentDirectory;
        using var folder = new TemporaryFolder();
        string[] absolute = [.. args.Select(arg => arg.EndsWith(".onnx", StringComparison.Ordinal) ? folder[arg] : arg)];
        (int code, _, string error) = await RunAsync(absolute);
        Assert.NotEqual(ExitCode.Done, code);
        Assert.Contains(message.Replace("--metadata is required", "--metadata", StringComparison.Ordinal), error, StringComparison.Ordinal);
        Assert.StartsWith("artsim-train: ", error, StringComparison.Ordinal);
        Assert.Equal(before, Environment.CurrentDirectory);
    }

    [Fact]
    public async Task A_missing_column_and_a_single_label_are_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.csv"], "id,file,genre\n1,1.png,landscape\n");
        (_, _, string error) = await RunAsync("--metadata", folder["a.csv"], "--base", folder["x.onnx"], "--out", folder["y.onnx"], "--label", "style");
        Assert.Contains("no column 'style'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_shows_examples()
    {
        (int code, string output, _) = await RunAsync("--help");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains("genre-mobilenetv2", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = await TrainCommand.RunAsync(args, new CliConsole(output, error, outputIsTerminal: false, errorIsTerminal: false));
        return (code, output.ToString(), error.ToString());
    }
}
