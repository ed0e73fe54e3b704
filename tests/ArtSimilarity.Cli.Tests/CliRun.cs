using System.Text.Json;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Tests;

/// <summary>What a command line came to, run inside the test's process as if its output were piped.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public static async Task<CliRun> Of(CancellationToken cancellationToken, params string[] args)
    {
        using StringWriter output = new(), error = new();
        int exitCode = await Artsim.RunAsync(args, new CliConsole("artsim", output, error, outputIsTerminal: false, errorIsTerminal: false), cancellationToken);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }

    public static Task<CliRun> Of(params string[] args) => Of(TestContext.Current.CancellationToken, args);

    /// <summary>The one JSON document that the output must be.</summary>
    public JsonElement Json()
    {
        Assert.Equal(0, ExitCode);
        using JsonDocument document = JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }

    public static string[] Keys(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];
}
