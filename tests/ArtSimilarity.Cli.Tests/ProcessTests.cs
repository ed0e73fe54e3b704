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

    [Fact]
    public async Task Nothing_is_written_below_the_home_folder()
    {
        using var scratch = new ScratchFolder();
        string home = Directory.CreateDirectory(scratch["home"]).FullName;
        (int code, _, string error) = await StartAsync(
            scratch.Path, new() { ["HOME"] = home, ["USERPROFILE"] = home, ["XDG_CACHE_HOME"] = null, ["ORT_DISABLE_TELEMETRY"] = null },
            "dotnet", typeof(Artsim).Assembly.Location, "index", painted.ImageOf("art001"), "--gallery", "g.db");
        Assert.True(code == 0, error);
        Assert.Empty(Directory.GetFileSystemEntries(home)); // ONNX Runtime would keep a device id there
    }

    [Fact]
    public async Task A_closed_standard_input_is_said()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A Windows shell closes no descriptors.");
        using var scratch = new ScratchFolder();
        (int code, _, string error) = await ShellAsync(scratch.Path, $"exec dotnet \"$0\" search - -g '{painted.Gallery}' <&-");
        Assert.Equal(1, code);
        Assert.Contains("the standard input is closed", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signals_end_a_search_that_waits_for_its_input()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        using var scratch = new ScratchFolder();

        // The sleep keeps the pipe open. The signals come again and again, from before the tool listens for them until it has ended.
        (int code, _, string error) = await ShellAsync(
            scratch.Path,
            $"""
            mkfifo input; sleep 60 > input & sleeper=$!
            dotnet "$0" search - -g '{painted.Gallery}' < input & tool=$!
            sleep 2; while kill -TERM $tool 2>/dev/null; do sleep 0.05; done
            wait $tool; code=$?; kill $sleeper; exit $code
            """);
        Assert.Contains(code, (int[])[1, 143]);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static Task<(int Code, byte[] Output, string Error)> ShellAsync(string folder, string script) =>
        StartAsync(folder, [], "sh", "-c", script, typeof(Artsim).Assembly.Location);

    private static Task<(int Code, byte[] Output, string Error)> RunAsync(string folder, params string[] args) =>
        StartAsync(folder, [], "dotnet", [typeof(Artsim).Assembly.Location, .. args]);

    private static async Task<(int Code, byte[] Output, string Error)> StartAsync(string folder, Dictionary<string, string?> environment, string program, params string[] args)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach ((string name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        using var output = new MemoryStream();
        Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output.ToArray(), await error);
    }
}
