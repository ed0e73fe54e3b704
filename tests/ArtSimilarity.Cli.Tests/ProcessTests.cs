using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ArtSimilarity.Cli.CommandLine;

namespace ArtSimilarity.Cli.Tests;

/// <summary>The tool as users run it: a process of its own.</summary>
public sealed class ProcessTests(PaintedGallery painted)
{
    [Fact]
    public async Task Json_is_all_there_is_on_the_output()
    {
        using var scratch = new ScratchFolder();
        string name = scratch["Café – 絵.csv"];
        await File.WriteAllTextAsync(name, $"id,file,title\nclé,{painted.ImageOf("art001")},Déjeuner – 絵\n", TestContext.Current.CancellationToken);
        (int code, byte[] output, string error) = await RunAsync(scratch.Path, "index", name, "--gallery", "g.db", "--json");
        Assert.True(code == 0, error);
        Assert.Equal((byte)'{', output[0]); // no byte order mark
        using JsonDocument indexed = JsonDocument.Parse(output);
        Assert.Equal(1, indexed.RootElement.GetProperty("indexed").GetInt32());

        (code, output, error) = await RunAsync(scratch.Path, "search", painted.ImageOf("art001"), "-g", "g.db", "--json");
        Assert.True(code == 0, error);
        using JsonDocument found = JsonDocument.Parse(output);
        Assert.Equal("Déjeuner – 絵", found.RootElement.GetProperty("results")[0].GetProperty("title").GetString());
        Assert.Contains("Déjeuner – 絵", Encoding.UTF8.GetString(output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_codes_reach_the_shell_and_no_stack_trace_does()
    {
        using var scratch = new ScratchFolder();
        (int failed, byte[] output, string error) = await RunAsync(scratch.Path, "search", "x", "-g", "missing.db");
        Assert.Equal(1, failed);
        Assert.Empty(output);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Path));
        (int wrongUsage, _, _) = await RunAsync(scratch.Path, "frobnicate");
        Assert.Equal(2, wrongUsage);
    }

    private static async Task<(int Code, byte[] Output, string Error)> RunAsync(string folder, params string[] args)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("dotnet", [typeof(Artsim).Assembly.Location, .. args])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using Process process = Process.Start(start)!;
        using var output = new MemoryStream();
        Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output.ToArray(), await error);
    }
}
