namespace ArtSimilarity.Cli.Tests;

/// <summary>What may stand on a command line, and what is said of what may not.</summary>
public sealed class ArgumentTests(PaintedGallery painted)
{
    [Fact]
    public async Task A_key_may_begin_with_an_at_sign_or_a_dash()
    {
        using var scratch = new ScratchFolder();
        foreach (string name in (string[])["@list.jpg", "-dash.jpg", "other.jpg"])
        {
            File.Copy(painted.ImageOf("art001"), scratch[name]);
        }

        scratch.Write("@options", "--gallery\nelsewhere.db\n");
        Assert.Equal(0, (await CliRun.Of("index", scratch.Path, "--gallery", scratch["g.db"], "--model", "classical")).ExitCode);
        Assert.Equal(2, (await CliRun.Of("search", "@list.jpg", "--gallery", scratch["g.db"], "--json")).Json().GetProperty("results").GetArrayLength());
        Assert.Equal(2, (await CliRun.Of("search", "--gallery", scratch["g.db"], "--json", "--", "-dash.jpg")).Json().GetProperty("results").GetArrayLength());
        CliRun file = await CliRun.Of("search", "@" + scratch["@options"]);
        Assert.Equal(2, file.ExitCode);
        Assert.Contains("--gallery", file.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of("remove", "--gallery", scratch["g.db"], "--", "@list.jpg", "-dash.jpg")).ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\0b")]
    public async Task A_text_that_is_empty_or_has_a_null_character_is_wrong_usage_everywhere(string text)
    {
        using var scratch = new ScratchFolder();
        string[][] lines =
        [
            ["search", "art001", "--gallery", text],
            ["search", text, "--gallery", painted.Gallery],
            ["search", "art001", "--gallery", painted.Gallery, "--genre", text],
            ["search", "art001", "--gallery", painted.Gallery, "--artist", text],
            ["search", "art001", "--gallery", painted.Gallery, "--region", text],
            ["search", "art001", "--gallery", painted.Gallery, "--model", text],
            ["search", "art001", "--gallery", painted.Gallery, "--space", text],
            ["search", "art001", "--gallery", painted.Gallery, "--html", text],
            ["index", text, "--gallery", scratch["g.db"]],
            ["index", painted.Images, "--gallery", text],
            ["index", painted.Images, "--gallery", scratch["g.db"], "--metadata", text],
            ["index", painted.Images, "--gallery", scratch["g.db"], "--model", text],
            ["demo", text, "--out", scratch["out"]],
            ["demo", "--out", text],
            ["info", "--gallery", text],
            ["remove", text, "--gallery", painted.Gallery],
            ["classify", text],
            ["classify", painted.Images, "--model", text],
            ["classify", painted.Images, "--target", text],
            ["evaluate", "--gallery", text],
            ["evaluate", "--gallery", painted.Gallery, "--queries", text],
            ["evaluate", "--gallery", painted.Gallery, "--pairs", text],
            ["evaluate", "--gallery", painted.Gallery, "--by", text],
            ["tune", "--gallery", text],
            ["tune", "--gallery", painted.Gallery, "--figure", text],
            ["models", "download", text],
            ["annoy", "info", text, "--dimensions", "3"],
            ["annoy", "search", "x.ann", "--dimensions", "3", "--vectors", text],
            ["annoy", "import", "x.ann", "--dimensions", "3", "--gallery", text],
            ["annoy", "import", "x.ann", "--dimensions", "3", "--gallery", scratch["g.db"], "--name", text],
            ["annoy", "import", "x.ann", "--dimensions", "3", "--gallery", scratch["g.db"], "--keys", text],
            ["annoy", "export", text, "--gallery", painted.Gallery],
            ["annoy", "export", scratch["x.ann"], "--gallery", text],
        ];
        foreach (string[] line in lines)
        {
            CliRun run = await CliRun.Of(line);
            string shown = string.Join(' ', line) + ": " + run.Error;
            Assert.True(run.ExitCode == 2, shown);
            Assert.True(!run.Error.Contains("unexpected", StringComparison.Ordinal) && run.Error.StartsWith("artsim: ", StringComparison.Ordinal), shown);
        }

        Assert.Empty(Directory.GetFileSystemEntries(scratch.Path));
    }
}
