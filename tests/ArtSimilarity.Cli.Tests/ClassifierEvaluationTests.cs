using System.Text.Json;
using System.Xml.Linq;

namespace ArtSimilarity.Cli.Tests;

public sealed class ClassifierEvaluationTests(PaintedGallery painted) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_figures_are_those_of_a_worked_example()
    {
        (string model, string list) = Write();
        CliRun run = await CliRun.Of("evaluate", "--classifier", "--model", model, "--images", _folder["works"], "--metadata", list, "--json");
        JsonElement document = run.Json();
        Assert.Equal(
            [
                "model", "version", "by", "flip", "images", "missing", "unlabelled", "unknownLabels", "failed", "accuracy", "top3", "balancedAccuracy", "macroF1", "classes", "confusion", "figure",
                "seconds",
            ],
            CliRun.Keys(document));
        Assert.StartsWith("colours@", document.GetProperty("model").GetString(), StringComparison.Ordinal);
        Assert.Equal(("colours 1", "genre", 4, 1), (document.GetProperty("version").GetString(), document.GetProperty("by").GetString(), document.GetProperty("images").GetInt32(), document.GetProperty("unlabelled").GetInt32()));
        Assert.Equal(["ruin"], document.GetProperty("unknownLabels").EnumerateArray().Select(label => label.GetString()!));
        Assert.Equal(_folder["works/broken.png"], Assert.Single(document.GetProperty("failed").EnumerateArray()).GetProperty("file").GetString());

        // Portraits: both right. Forests: the one is taken for a seascape. Seascapes: the one is right, as half of those predicted.
        Assert.Equal(0.75, document.GetProperty("accuracy").GetDouble());
        Assert.Equal(1, document.GetProperty("top3").GetDouble());
        Assert.Equal(2 / 3.0, document.GetProperty("balancedAccuracy").GetDouble(), 12);
        Assert.Equal((1 + 0 + (2 / 3.0)) / 3, document.GetProperty("macroF1").GetDouble(), 12);
        Assert.Equal("[[2,0,0],[0,0,1],[0,0,1]]", string.Concat(document.GetProperty("confusion").GetRawText().Where(c => !char.IsWhiteSpace(c))));
        JsonElement seascape = document.GetProperty("classes")[2];
        Assert.Equal(["label", "support", "predicted", "precision", "recall", "f1"], CliRun.Keys(seascape));
        Assert.Equal(("seascape", 1, 2, 0.5, 1.0), (seascape.GetProperty("label").GetString(), seascape.GetProperty("support").GetInt32(), seascape.GetProperty("predicted").GetInt32(), seascape.GetProperty("precision").GetDouble(), seascape.GetProperty("recall").GetDouble()));
        Assert.Contains("broken.png", run.Error, StringComparison.Ordinal);
        Assert.Contains("does not know (ruin)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_files_that_the_metadata_name_do_without_a_folder_and_queries_pick_some_of_them()
    {
        (string model, string list) = Write();
        string queries = _folder.Write("queries.csv", "id\np1\nf1\nnot-there\n");
        CliRun run = await CliRun.Of("evaluate", "--classifier", "--model", model, "--metadata", list, "--queries", queries, "--flip", "--json");
        JsonElement document = run.Json();
        Assert.Equal((2, 1, 0.5, true), (document.GetProperty("images").GetInt32(), document.GetProperty("missing").GetInt32(), document.GetProperty("accuracy").GetDouble(), document.GetProperty("flip").GetBoolean()));
        Assert.Contains("1 work of ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_come_from_any_column_the_model_was_trained_on()
    {
        (string model, _) = Write();
        string list = _folder.Write("works/moods.csv", "file,Mood\nred1.png,odd\nblue.png,warm\n");
        CliRun genre = await CliRun.Of("evaluate", "--classifier", "--model", model, "--metadata", list);
        Assert.Equal(1, genre.ExitCode);
        Assert.Contains("none of the works has a genre", genre.Error, StringComparison.Ordinal);
        CliRun style = await CliRun.Of("evaluate", "--classifier", "--model", model, "--metadata", list, "--by", "style");
        Assert.Equal(1, style.ExitCode);
        Assert.Contains("no target 'style', but genre, mood", style.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_agrees_with_what_classify_says_of_the_same_images()
    {
        string model = ColourModel.Write(_folder);
        Dictionary<string, string> genreOf = File.ReadLines(painted.Catalogue).Skip(1).Select(line => line.Split(',')).ToDictionary(fields => fields[0], fields => fields[4]);
        JsonElement classified = (await CliRun.Of("classify", painted.Images, "--model", model, "--json")).Json();
        List<bool> right = [];
        foreach (JsonElement image in classified.EnumerateArray())
        {
            string genre = genreOf[Path.GetFileNameWithoutExtension(image.GetProperty("file").GetString()!)];
            if (ColourModel.Genres.Contains(genre))
            {
                right.Add(CliRun.Keys(image.GetProperty("probabilities"))[0] == genre);
            }
        }

        JsonElement document = (await CliRun.Of("evaluate", "--classifier", "--model", model, "--images", painted.Paintings, "--metadata", painted.Catalogue, "--json")).Json();
        Assert.Equal(12, right.Count);
        Assert.Equal(12, document.GetProperty("images").GetInt32());
        Assert.Equal(right.Average(is1 => is1 ? 1.0 : 0.0), document.GetProperty("accuracy").GetDouble(), 12);
    }

    [Fact]
    public async Task Tables_and_the_figure_say_the_same()
    {
        (string model, string list) = Write();
        string[] line = ["evaluate", "--classifier", "--model", model, "--images", _folder["works"], "--metadata", list];
        foreach (string file in (string[])["confusion.png", "new/confusion.svg"])
        {
            CliRun run = await CliRun.Of([.. line, "--confusion", _folder[file]]);
            Assert.Equal(0, run.ExitCode);
            Assert.Contains(_folder[file], run.Error, StringComparison.Ordinal);
            Assert.Contains("4 images by genre", run.Output, StringComparison.Ordinal);
            Assert.Contains("75.0 %", run.Output, StringComparison.Ordinal);
            Assert.Matches(@"2\s+forest\s+0\s+0\s+1", run.Output);
        }

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(_folder["confusion.png"])[..4]);
        string text = string.Concat(XDocument.Load(_folder["new/confusion.svg"]).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value + "|"));
        Assert.Contains("4 paintings by genre: accuracy 75.0 %", text, StringComparison.Ordinal);
        Assert.Contains("portrait (2)", text, StringComparison.Ordinal);
        Assert.Contains("100", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--metadata", "--classifier")]
    [InlineData("--gallery")]
    [InlineData("--gallery", "--classifier", "--metadata", "m.csv", "--gallery", "g.db")]
    [InlineData("-k", "--classifier", "--metadata", "m.csv", "-k", "3")]
    [InlineData("--pairs", "--classifier", "--metadata", "m.csv", "--pairs", "p.csv")]
    [InlineData("--images", "--gallery", "g.db", "--images", "folder")]
    [InlineData("--flip", "--gallery", "g.db", "--flip")]
    [InlineData("--confusion", "--gallery", "g.db", "--confusion", "c.png")]
    [InlineData("--confusion", "--classifier", "--metadata", "m.csv", "--confusion", "c.jpg")]
    public async Task Options_that_do_not_go_together_are_wrong_usage(string named, params string[] options)
    {
        CliRun run = await CliRun.Of(["evaluate", .. options]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
    }

    /// <summary>Two red portraits, a forest that is blue, a seascape, a broken forest, a ruin, and a work without genre.</summary>
    private (string Model, string List) Write()
    {
        Directory.CreateDirectory(_folder["works"]);
        ColourModel.Paint(_folder, "works/red1.png", 200, 10, 10);
        ColourModel.Paint(_folder, "works/red2.png", 250, 90, 0);
        ColourModel.Paint(_folder, "works/blueish.png", 0, 100, 140);
        ColourModel.Paint(_folder, "works/blue.png", 0, 0, 240);
        ColourModel.Paint(_folder, "works/grey.png", 90, 90, 90);
        ColourModel.Paint(_folder, "works/other.png", 90, 90, 90);
        _folder.Write("works/broken.png", "this is no image");
        string list = _folder.Write(
            "works/works.csv", "id,file,genre\np1,red1.png,portrait\np2,red2.png,portrait\nf1,blueish.png,forest\ns1,blue.png,seascape\nf2,broken.png,forest\nr1,grey.png,ruin\nx1,other.png,\n");
        return (ColourModel.Write(_folder), list);
    }
}
