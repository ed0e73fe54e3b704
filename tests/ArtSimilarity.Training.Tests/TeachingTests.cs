using ArtSimilarity.CommandLine;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx;
using ArtSimilarity.Onnx.Tests;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using ArtSimilarity.Trainer;
using Xunit;

namespace ArtSimilarity.Training.Tests;

public class TeachingTests
{
    private static readonly LabelTarget Genre = new("genre", ["landscape", "portrait"]);

    [Fact]
    public void Answers_are_arranged_whatever_their_order()
    {
        using TemporaryFolder folder = new();
        LabelledImage[] images = Images(folder, 4);
        string path = Write(folder, "said.json", $$"""
            [
              { "file": "{{folder["2.png"]}}", "probabilities": { "portrait": 0.9, "landscape": 0.1 } },
              { "file": "elsewhere.png", "probabilities": { "sculpture": 1 } },
              { "file": "{{folder["0.png"]}}", "probabilities": { "landscape": 0.75, "portrait": 0.25 } },
              { "file": "{{folder["3.png"]}}", "probabilities": { "landscape": 0, "portrait": 1 } },
              { "file": "{{folder["0.png"]}}", "probabilities": { "landscape": 0.75, "portrait": 0.25 } }
            ]
            """);
        float[] arranged = TeacherAnswers.Arrange(path, TeacherAnswers.Read(path), images, [0, 2], Genre.Labels);
        Assert.Equal([0.75f, 0.25f, 0, 0, 0.1f, 0.9f, 0, 0], arranged); // 1 and 3 are not wanted
    }

    [Fact]
    public void Of_several_teachers_the_mean_is_learned_from()
    {
        using TemporaryFolder folder = new();
        using TrainingSet set = TinyPictures.Prepare(folder, 2);
        string first = Write(folder, "first.json", """
            [{ "file": "p0000.stripes", "probabilities": { "landscape": 1, "portrait": 0 } }, { "file": "p0001.stripes", "probabilities": { "landscape": 0.5, "portrait": 0.5 } }]
            """);
        string second = Write(folder, "second.json", """
            [{ "file": "p0001.stripes", "probabilities": { "landscape": 0, "portrait": 1 } }, { "file": "p0000.stripes", "probabilities": { "landscape": 0.5, "portrait": 0.5 } }]
            """);
        Assert.Equal([0.75f, 0.25f, 0.25f, 0.75f], Teachers.Ask([first, second], set, [0, 1], Genre, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => Teachers.Ask([], set, [0, 1], Genre, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_teacher_that_cannot_be_used_is_told_in_the_words_of_the_command_line()
    {
        using TemporaryFolder folder = new();
        using TrainingSet set = TinyPictures.Prepare(folder, 2);
        byte[] endless = File.ReadAllBytes(SharedData.Require("cases/onnx/endless.onnx"));
        var labels = new TrainedModelInfo { Version = "endless 1", Targets = [new TrainedModelTarget(Genre.Column, "embedding", Genre.Labels)], Preprocessing = ImagePreprocessing.ImageNet };
        File.WriteAllBytes(folder["plain.onnx"], endless);
        File.WriteAllBytes(folder["endless.onnx"], TinyModel.WithProperties(endless, labels.ToProperties()));
        foreach ((string name, string expected) in new[] { ("plain.onnx", "tells no labels"), ("endless.onnx", "was not loaded and tried within 2 s") })
        {
            CommandFailedException error = Assert.Throws<CommandFailedException>(() => TeacherQuestions.Ask([folder[name]], set, [0, 1], Genre, _ => { }, TestContext.Current.CancellationToken));
            Assert.StartsWith($"the teacher {folder[name]} {expected}", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("LoadTimeLimit", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("OutputName", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Answers_are_read_as_they_were_written()
    {
        using TemporaryFolder folder = new();
        ClassifiedImage[] answers = [new("Bäume \"1\".png", new Dictionary<string, double> { ["Stilleben & Küche"] = 0.123456789, ["b"] = 1 - 0.123456789 })];
        TeacherAnswers.Write(folder["said.json"], answers);
        Assert.Equivalent(answers, TeacherAnswers.Read(folder["said.json"]), strict: true);
        Assert.Contains("Bäume", File.ReadAllText(folder["said.json"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("genre", "not what 'artsim classify --json' writes")]
    [InlineData("null", "it is null")]
    [InlineData("[null]", "entry 1 names no file")]
    [InlineData("""[{ "file": "a.png", "probabilities": { "a": 1 } }, { "file": " ", "probabilities": { "a": 1 } }]""", "entry 2 names no file")]
    [InlineData("""[{ "probabilities": { "a": 1 } }]""", "file")]
    [InlineData("""[{ "file": "a.png" }]""", "probabilities")]
    [InlineData("""[{ "file": "a.png", "probabilities": null }]""", "probabilities")]
    [InlineData("""[{ "file": "a.png", "probabilities": { "a": "much" } }]""", "$[0].probabilities.a")]
    [InlineData("""[{ "file": "a.png", "probabilities": { "a": 1.5, "b": -0.5 } }]""", "what is said of a.png are no probabilities that add up to 1: a 1.5, b -0.5")]
    [InlineData("""[{ "file": "a.png", "probabilities": { "a": 0.5, "b": 0.4 } }]""", "a.png")]
    [InlineData("""[{ "file": "a.png", "probabilities": {} }]""", "a.png")]
    public void What_are_no_answers_is_refused(string json, string message)
    {
        using TemporaryFolder folder = new();
        string path = Write(folder, "said.json", json);
        TeacherAnswersException error = Assert.Throws<TeacherAnswersException>(() => TeacherAnswers.Read(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[]""", "there is no answer for")]
    [InlineData("""[{ "file": "?", "probabilities": { "landscape": 0.5, "seascape": 0.5 } }]""", "is of landscape, seascape, not of landscape, portrait")]
    [InlineData("""[{ "file": "?", "probabilities": { "landscape": 1 } }]""", "is of landscape, not of landscape, portrait")]
    [InlineData("""[{ "file": "?", "probabilities": { "landscape": 0.5, "portrait": 0.5 } }, { "file": "?", "probabilities": { "landscape": 0.4, "portrait": 0.6 } }]""", "two different answers")]
    public void Answers_that_do_not_fit_name_the_picture(string json, string message)
    {
        using TemporaryFolder folder = new();
        LabelledImage[] images = Images(folder, 1);
        string path = Write(folder, "said.json", json.Replace("?", folder["0.png"], StringComparison.Ordinal));
        TeacherAnswersException error = Assert.Throws<TeacherAnswersException>(() => TeacherAnswers.Arrange(path, TeacherAnswers.Read(path), images, [0], Genre.Labels));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(folder["0.png"], error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static LabelledImage[] Images(TemporaryFolder folder, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new LabelledImage($"{i}", ImageSource.FromFile(folder[$"{i}.png"]), new Dictionary<string, string>()))];

    private static string Write(TemporaryFolder folder, string name, string json)
    {
        File.WriteAllText(folder[name], json);
        return folder[name];
    }
}
