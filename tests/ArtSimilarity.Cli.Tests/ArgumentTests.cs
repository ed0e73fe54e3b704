using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.CommandLine;

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

    [Fact]
    public async Task A_mistyped_option_is_no_key_and_no_file()
    {
        using var scratch = new ScratchFolder();
        CliRun index = await CliRun.Of("index", painted.Images, "--gallery", scratch["g.db"], "--model", "classical", "--limit", "2");
        Assert.Equal(0, index.ExitCode);
        CliRun run = await CliRun.Of("remove", "--forec", "art001", "--gallery", scratch["g.db"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'--forec' is no option of 'artsim remove'", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await CliRun.Of("list", "--gallery", scratch["g.db"], "--json")).Json().GetProperty("total").GetInt32());
        run = await CliRun.Of("index", painted.Images, "--galery", "x", "--gallery", scratch["g.db"]);
        Assert.Contains("did you mean '--gallery'?", run.Error, StringComparison.Ordinal);
        Assert.Contains("no work '--forec'", (await CliRun.Of("remove", "--gallery", scratch["g.db"], "--", "--forec")).Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> NumericOptions()
    {
        TheoryData<string, string> data = [];
        foreach (string command in (string[])["search art001 -g G -k", "search art001 -g G --quality", "search art001 -g G --max-distance", "search art001 -g G --from-year", "search art001 -g G --max-bytes",
            "search art001 -g G --max-pixels", "search art001 -g G --region 0,0,1,", "search art001 -g G --space classical=", "index I -g N --limit", "index I -g N --parallelism", "index I -g N --max-pixels",
            "demo I --out N --limit", "classify I --top", "classify I --parallelism", "evaluate -g G -k", "tune -g G -k", "tune -g G --quality", "tune -g G --budget-ms", "tune -g G --queries", "tune -g G --seed",
            "list -g G --limit", "annoy info A --dimensions", "annoy search A --vectors V --dimensions 3 -k", "annoy search A --vectors V --dimensions 3 --search-k", "annoy search A --vectors V --dimensions",
            "annoy import A -g N --dimensions", "annoy export N -g G --dimensions", "annoy export N -g G --trees", "annoy export N -g G --seed", "annoy export N -g G --parallelism"])
        {
            foreach (string number in (string[])["x", "NaN", "Infinity", "-1e400", "1e400", "-99999999999999999999", "0x10", "1,000", "٣"])
            {
                if (command != "evaluate -g G -k" || number != "1,000") // a list there
                {
                    data.Add(command, number);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(NumericOptions))]
    public async Task A_number_that_makes_no_sense_is_wrong_usage(string command, string number)
    {
        using var scratch = new ScratchFolder();
        string[] words = command.Split(' ');
        string last = words[^1];
        bool joined = last.EndsWith(',') || last.EndsWith('=');
        string[] args = [.. words[..^1].Select(Word), joined ? last + number : last, .. joined ? (string[])[] : [number]];
        CliRun run = await CliRun.Of(args);
        string shown = string.Join(' ', args) + ": " + run.Error;
        Assert.True(run.ExitCode == 2, shown);
        Assert.True(!run.Error.Contains("unexpected", StringComparison.Ordinal) && !run.Error.Contains("System.", StringComparison.Ordinal) && run.Error.Contains(number, StringComparison.Ordinal), shown);
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Path));

        string Word(string word) => word switch { "G" => painted.Gallery, "I" => painted.Images, "N" => scratch["new"], "A" => scratch["a.ann"], "V" => scratch["v.json"], _ => word };
    }

    [Theory]
    [InlineData(0, "search", "art001", "-g", "G", "-k", "2147483647")]
    [InlineData(0, "search", "art001", "-g", "G", "--max-bytes", "9223372036854775807", "--max-pixels", "9223372036854775807")]
    [InlineData(0, "search", "art001", "-g", "G", "--from-year", "-2147483648", "--to-year", "2147483647")]
    [InlineData(0, "search", "art001", "-g", "G", "--space", "classical=1e300")]
    [InlineData(0, "list", "-g", "G", "--limit", "2147483647")]
    [InlineData(0, "evaluate", "-g", "G", "-k", "2147483647")]
    [InlineData(2, "annoy", "info", "A", "--dimensions", "2147483647")]
    [InlineData(2, "annoy", "search", "A", "--dimensions", "2147483647", "--vectors", "V")]
    [InlineData(1, "annoy", "search", "A", "--dimensions", "3", "--vectors", "V")]
    [InlineData(2, "annoy", "import", "A", "--dimensions", "2147483647", "-g", "N")]
    [InlineData(1, "annoy", "export", "N", "-g", "G", "--dimensions", "2147483647")]
    [InlineData(1, "tune", "-g", "G", "-k", "2147483647", "--queries", "2147483647")]
    [InlineData(2, "index", "I", "-g", "N", "--limit", "1", "--parallelism", "2147483647", "-m", "classical")]
    [InlineData(2, "search", "art001", "-g", "G", "--region", "1e400,0,1,1")]
    [InlineData(2, "search", "art001", "-g", "G", "--region", "0,0,1e300,1e300")]
    [InlineData(2, "search", "art001", "-g", "G", "--space", "classical=1e-400")]
    public async Task The_largest_numbers_are_taken_or_refused_in_words(int code, params string[] args)
    {
        using var scratch = new ScratchFolder();
        File.WriteAllBytes(scratch["a.ann"], new byte[200]);
        scratch.Write("v.json", "[[1e400,0,0]]");
        CliRun run = await CliRun.Of([.. args.Select(word => word switch { "G" => painted.Gallery, "I" => painted.Images, "N" => scratch["new"], "A" => scratch["a.ann"], "V" => scratch["v.json"], _ => word })]);
        string shown = string.Join(' ', args) + ": " + run.Error;
        Assert.True(run.ExitCode == code, shown);
        Assert.True(!run.Error.Contains("unexpected", StringComparison.Ordinal), shown);
    }

    [Theory]
    [InlineData("[[1,2,3],[1,1e400,3]]", "component 1 of vector 1")]
    [InlineData("[[1,2,3],[1,2]]", "vector 1 has 2 dimensions")]
    [InlineData("[[1,\"x\",3]]", "entry 1 has a text as number 2")]
    [InlineData("{}", "not an array of arrays")]
    public void A_vector_that_is_none_is_named(string text, string expected)
    {
        using var scratch = new ScratchFolder();
        string path = scratch.Write("v.json", text);
        Assert.Contains(expected, Assert.Throws<CommandFailedException>(() => VectorFile.Read(path, 3)).Message, StringComparison.Ordinal);
        byte[] bytes = [2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x7f];
        File.WriteAllBytes(scratch["v.fbin"], bytes);
        Assert.Contains("component 0 of vector 1", Assert.Throws<CommandFailedException>(() => VectorFile.Read(scratch["v.fbin"], 1)).Message, StringComparison.Ordinal);
    }
}
