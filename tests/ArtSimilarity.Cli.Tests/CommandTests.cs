using System.CommandLine;
using System.Text.Json;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Tests;

public sealed class CommandTests(PaintedGallery painted)
{
    [Fact]
    public async Task Every_command_teaches_with_examples_and_is_named_by_the_help()
    {
        CliRun help = await CliRun.Of("--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("Exit codes", help.Output, StringComparison.Ordinal);
        string[][] commands = [.. Commands(Artsim.CreateRoot(new CliConsole("artsim", TextWriter.Null, TextWriter.Null, outputIsTerminal: false, errorIsTerminal: false)))];
        Assert.True(commands.Length > 15, $"{commands.Length} commands");
        foreach (string[] command in commands)
        {
            CliRun run = await CliRun.Of([.. command, "--help"]);
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            string name = string.Join(' ', command);
            string[] examples = run.Output[run.Output.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n');
            Assert.True(examples.Any(line => line.Trim().StartsWith("artsim " + name, StringComparison.Ordinal)), name);
            Assert.Contains(command[0], help.Output, StringComparison.Ordinal);
        }
    }

    /// <summary>The words of every command, those within others too.</summary>
    private static IEnumerable<string[]> Commands(Command command) =>
        command.Subcommands.SelectMany(inner => Commands(inner).Select(words => (string[])[inner.Name, .. words]).Prepend([inner.Name]));

    [Fact]
    public async Task Wrong_usage_is_explained_on_the_error_stream()
    {
        CliRun nothing = await CliRun.Of([]), typo = await CliRun.Of("serach", "x"), noGallery = await CliRun.Of("search", "x"), noNumber = await CliRun.Of("search", "x", "-g", "y", "-k", "many");
        Assert.All([nothing, typo, noGallery, noNumber], run =>
        {
            Assert.Equal(2, run.ExitCode);
            Assert.Equal("", run.Output);
        });
        Assert.Contains("Examples:", nothing.Error, StringComparison.Ordinal);
        Assert.Contains("'serach' is not a command", typo.Error, StringComparison.Ordinal);
        Assert.Contains("--gallery", noGallery.Error, StringComparison.Ordinal);
        Assert.Contains("'many'", noNumber.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", noNumber.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_tells_what_a_gallery_holds()
    {
        JsonElement document = (await CliRun.Of("info", "--gallery", painted.Gallery, "--json")).Json();
        Assert.Equal(PaintedGallery.Count, document.GetProperty("works").GetInt32());
        JsonElement space = Assert.Single(document.GetProperty("spaces").EnumerateArray());
        Assert.Equal("classical", space.GetProperty("model").GetString());
        Assert.Equal(PaintedGallery.Count, space.GetProperty("signatures").GetInt32());
        Assert.Equal("classical", space.GetProperty("origin").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_file_that_is_no_gallery_is_named()
    {
        CliRun run = await CliRun.Of("info", "--gallery", painted.Catalogue);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(painted.Catalogue, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_removed_work_is_found_no_more()
    {
        using var scratch = new ScratchFolder();
        await CliRun.Of("index", painted.Paintings, "--metadata", painted.Catalogue, "--gallery", scratch["g.db"], "--limit", "5");
        CliRun removal = await CliRun.Of("remove", "art001", "unheard-of", "--gallery", scratch["g.db"], "--json");
        JsonElement document = removal.Json();
        Assert.Equal(1, document.GetProperty("removed").GetInt32());
        Assert.Equal(["unheard-of"], document.GetProperty("unknown").EnumerateArray().Select(key => key.GetString()));
        Assert.Contains("unheard-of", removal.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await CliRun.Of("search", "art001", "--gallery", scratch["g.db"])).ExitCode);
        Assert.Equal(1, (await CliRun.Of("remove", "art001", "--gallery", scratch["g.db"])).ExitCode);
    }

    [Fact]
    public async Task Models_lists_the_catalogue()
    {
        JsonElement document = (await CliRun.Of("models", "--json")).Json();
        string[] names = [.. document.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString()!)];
        Assert.Equal(["classical", "resnet50-v2-7", "mobilenetv2-7"], names.Except(["paintings-mobilenetv2", "genre-mobilenetv2"]));
        Assert.Contains(ModelReference.Default, names);
        CliRun unknown = await CliRun.Of("models", "download", "vgg");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("resnet50-v2-7", unknown.Error, StringComparison.Ordinal);
    }
}
