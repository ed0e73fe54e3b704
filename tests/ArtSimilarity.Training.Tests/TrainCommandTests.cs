using System.Text.Json;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Onnx;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using ArtSimilarity.Trainer;
using Xunit;

namespace ArtSimilarity.Training.Tests;

/// <summary>The tool, on real paintings.</summary>
[Collection(nameof(RunsAlone))]
public class TrainCommandTests
{
    [Theory]
    [InlineData("pipe", "--metadata")]
    [InlineData("pipe", "--base")]
    [InlineData("pipe", "--pairs")]
    [InlineData("pipe", "--held-out")]
    [InlineData("pipe", "--recipe")]
    [InlineData("pipe", "--out")]
    [InlineData("device", "--base")]
    [InlineData("folder", "--base")]
    [InlineData("folder", "--recipe")]
    [InlineData("folder", "--out")]
    public async Task What_is_no_file_is_refused_at_once(string kind, string option)
    {
        using var folder = new TemporaryFolder();
        await SpecialFile.MakeAsync(kind, folder["special"], TestContext.Current.CancellationToken);
        File.WriteAllText(folder["list.csv"], "id,file,genre\na,a.png,x\n");
        Dictionary<string, string> options = new() { ["--metadata"] = folder["list.csv"], ["--base"] = folder["base.onnx"], ["--out"] = folder["out.onnx"], ["--work"] = folder["work"] };
        options[option] = folder["special"];
        (int code, _, string error) = await Task.Run(() => RunAsync([.. options.SelectMany(pair => (string[])[pair.Key, pair.Value])]), TestContext.Current.CancellationToken)
            .WaitAsync(SpecialFile.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains($"{folder["special"]} is not a regular file, but a ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_teacher_that_is_a_pipe_is_refused_at_once()
    {
        using var folder = new TemporaryFolder();
        await SpecialFile.MakeAsync("pipe", folder["said.json"], TestContext.Current.CancellationToken);
        Task<TeacherAnswersException> refusal = Assert.ThrowsAsync<TeacherAnswersException>(() => Task.Run(() => TeacherAnswers.Read(folder["said.json"]), TestContext.Current.CancellationToken));
        Assert.Contains("is not a regular file, but a pipe", (await refusal.WaitAsync(SpecialFile.Patience, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Task<UnsupportedNetworkException> unread = Assert.ThrowsAsync<UnsupportedNetworkException>(() => Task.Run(() => Network.Load(folder["said.json"]), TestContext.Current.CancellationToken));
        Assert.Contains("is not a regular file, but a pipe", (await unread.WaitAsync(SpecialFile.Patience, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

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

    [Fact]
    public async Task What_models_say_of_pictures_they_have_not_seen_is_a_teacher()
    {
        string model = SharedData.Require("models/mobilenetv2-gluon-features.onnx");
        using var folder = new TemporaryFolder();
        string[] rows = File.ReadAllLines(SharedData.Require("paintings/paintings.csv"));
        string images = Path.GetDirectoryName(SharedData.Require("paintings/paintings.csv"))!;
        string[] header = rows[0].Split(',');
        int file = Array.IndexOf(header, "file"), genre = Array.IndexOf(header, "genre");
        (string File, string Genre)[] paintings = [.. rows.Skip(1).Select(row => row.Split(',')).Where(row => row.Length == header.Length && row[genre] is "landscape" or "portrait")
            .Take(90).Select(row => (Path.Combine(images, row[file]), row[genre]))];
        File.WriteAllLines(folder["paintings.csv"], [$"id,file,genre", .. paintings.Select((painting, i) => FormattableString.Invariant($"p{i},{painting.File},{painting.Genre}"))]);
        File.WriteAllLines(folder["held-out.csv"], ["id", .. Enumerable.Range(0, 20).Select(i => FormattableString.Invariant($"p{i}"))]);
        File.WriteAllText(folder["taught.json"], """{ "name": "taught", "phases": [{ "epochs": 10, "trainFrom": "head", "cachedViews": 2, "batchSize": 16, "teacherShare": 0.5 }] }""");
        string[] common = ["--metadata", folder["paintings.csv"], "--base", model, "--held-out", folder["held-out.csv"], "--work", folder["work"], "--evaluate-every", "40"];
        (int code, string output, string error) = await RunAsync([.. common, "--folds", "2", "--out", folder["said.json"], "--json"]);
        Assert.True(code == ExitCode.Done, error);
        using (var document = JsonDocument.Parse(output))
        {
            Assert.Equal(70, document.RootElement.GetProperty("pictures").GetInt32());
            Assert.InRange(document.RootElement.GetProperty("accuracy").GetDouble(), 0.8, 1); // by chance a half
            Assert.InRange(document.RootElement.GetProperty("balancedAccuracy").GetDouble(), 0.8, 1);
            Assert.Equal(1, document.RootElement.GetProperty("top3Accuracy").GetDouble());
        }

        IReadOnlyList<ClassifiedImage> answers = TeacherAnswers.Read(folder["said.json"]);
        Assert.Equal(paintings.Skip(20).Select(painting => painting.File).Order(), answers.Select(answer => answer.File).Order());
        int right = answers.Count(answer => answer.Probabilities[paintings.Single(painting => painting.File == answer.File).Genre] > 0.5);
        Assert.InRange(right, 56, 70);

        // What was said of each fold is kept: nothing is trained again, and the same is written.
        byte[] said = File.ReadAllBytes(folder["said.json"]);
        File.Delete(folder["said.json"]);
        (code, _, error) = await RunAsync([.. common, "--folds", "2", "--out", folder["said.json"]]);
        Assert.True(code == ExitCode.Done && !error.Contains("Fold 1", StringComparison.Ordinal), error);
        Assert.Equal(said, File.ReadAllBytes(folder["said.json"]));

        // With nothing held out every picture is judged once, and the run can be repeated.
        string[] all = ["--metadata", folder["paintings.csv"], "--base", model, "--work", folder["all"], "--folds", "2", "--share", "0", "--recipe", folder["short.json"], "--out", folder["all.json"], "--json"];
        File.WriteAllText(folder["short.json"], """{ "name": "short", "phases": [{ "epochs": 6, "trainFrom": "head", "cachedViews": 1, "batchSize": 16 }] }""");
        for (int time = 0; time < 2; time++)
        {
            (code, output, error) = await RunAsync(all);
            Assert.True(code == ExitCode.Done, error);
            using var document = JsonDocument.Parse(output);
            Assert.Equal(90, document.RootElement.GetProperty("pictures").GetInt32());
            double[] interval = [.. document.RootElement.GetProperty("accuracyInterval").EnumerateArray().Select(number => number.GetDouble())];
            Assert.InRange(document.RootElement.GetProperty("accuracy").GetDouble(), interval[0], interval[1]);
            Assert.InRange(interval[1] - interval[0], 0.01, 0.3);
        }

        // What is kept of pictures that have moved since is not taken.
        foreach (string kept in Directory.GetFiles(folder["work"], "fold-*.json"))
        {
            File.WriteAllText(kept, File.ReadAllText(kept).Replace(images, "elsewhere", StringComparison.Ordinal));
        }

        (code, _, error) = await RunAsync([.. common, "--folds", "2", "--out", folder["said.json"]]);
        Assert.True(code == ExitCode.Done && error.Contains("Fold 2", StringComparison.Ordinal), error);
        Assert.Equal(said, File.ReadAllBytes(folder["said.json"]));

        (code, _, error) = await RunAsync([.. common, "--recipe", folder["taught.json"], "--teacher", folder["said.json"], "--out", folder["taught.onnx"]]);
        Assert.True(code == ExitCode.Done, error);
        Assert.True(File.Exists(folder["taught.onnx"]));

        // A model that has seen the labels cannot be cross-fitted; and what is wrong with answers is said.
        (code, _, error) = await RunAsync(["--metadata", folder["paintings.csv"], "--base", folder["taught.onnx"], "--held-out", folder["held-out.csv"], "--work", folder["work"], "--folds", "2", "--out", folder["never.json"]]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("trained on labels already", error, StringComparison.Ordinal);

        // Nor may it go on with these pictures, a new head or not, unless it is told which of them it has not learned from.
        (code, _, error) = await RunAsync(["--metadata", folder["paintings.csv"], "--base", folder["taught.onnx"], "--work", folder["work"], "--out", folder["never.onnx"]]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("which has learned from these pictures", error, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(folder["said.json"]);
        File.WriteAllLines(folder["wrong.json"], [lines[0], .. lines.Skip(2)]);
        (code, _, error) = await RunAsync([.. common, "--recipe", folder["taught.json"], "--teacher", folder["said.json"], "--teacher", folder["wrong.json"], "--out", folder["never.onnx"]]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains($"{folder["wrong.json"]}: there is no answer for {answers[0].File}", error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["never.onnx"]) || File.Exists(folder["never.json"]));
    }

    [Theory]
    [InlineData("--metadata is required", "--base", "x.onnx", "--out", "y.onnx")]
    [InlineData("there is no such CSV file", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx")]
    [InlineData("neither a recipe", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx", "--recipe", "nonsense")]
    [InlineData("name the teacher", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx", "--recipe", "genre-resnet50-conv4")]
    [InlineData("--teacher would change nothing", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx", "--recipe", "head", "--teacher", "z.onnx")]
    [InlineData("give --out a name that ends in .json", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx", "--folds", "3")]
    [InlineData("no name for a model", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.json")]
    [InlineData("--folds must be at least 2", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.json", "--folds", "1")]
    [InlineData("--folds wants a recipe without", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.json", "--recipe", "head-taught", "--teacher", "z.onnx", "--folds", "3")]
    [InlineData("there is no teacher", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx", "--recipe", "head-taught", "--teacher", "z.onnx")]
    [InlineData("with --held-out", "--metadata", "nowhere.csv", "--base", "x.onnx", "--out", "y.onnx", "--recipe", "genre-resnet50-conv4", "--teacher", "there.onnx")]
    public async Task What_is_wrong_is_said_in_a_line(string message, params string[] args)
    {
        string before = Environment.CurrentDirectory;
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["there.onnx"], "");
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
    public async Task A_key_that_is_in_two_tables_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.csv"], "id,file,genre\n1,1.png,landscape\n2,2.png,portrait\n");
        File.WriteAllText(folder["b.csv"], "id,file,genre\n2,3.png,landscape\n");
        (int code, _, string error) = await RunAsync("--metadata", folder["a.csv"], "--metadata", folder["b.csv"], "--base", folder["x.onnx"], "--out", folder["y.onnx"]);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("the key '2' is in", error, StringComparison.Ordinal);
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
        int code = await TrainCommand.RunAsync(args, new CliConsole("artsim-train", output, error, outputIsTerminal: false, errorIsTerminal: false), TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
