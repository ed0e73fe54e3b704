using System.Diagnostics;
using System.Text.RegularExpressions;
using ArtSimilarity.TestSupport;

namespace SimArt.Tests;

/// <summary>SimArt as a process of its own, on a port that is free.</summary>
public sealed partial class SimArtServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly List<string> _log = [];
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SimArtServer(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public HttpClient Client { get; private set; } = null!;

    public Uri Address => Client.BaseAddress!;

    /// <summary>All that the server wrote.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    public bool IsRunning => !_process.HasExited;

    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static async Task<SimArtServer> StartAsync(string data, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? settings = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (IEnumerable<string>)[Program(), "--data", data, "--urls", "http://127.0.0.1:0", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_ENVIRONMENT"] = "Production";
        start.Environment["SimArt__RequestsPerTenSeconds"] = "100000";
        start.Environment["SimArt__UploadsPerMinute"] = "100000";
        foreach ((string name, string value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment["SimArt__" + name] = value;
        }

        var server = new SimArtServer(Process.Start(start)!);
        Task ended = server._process.WaitForExitAsync();
        if (await Task.WhenAny(server._listening.Task, ended, Task.Delay(StartTime)) != server._listening.Task)
        {
            throw new InvalidOperationException("SimArt did not start:\n" + server.Log);
        }

        server.Client = new HttpClient { BaseAddress = await server._listening.Task, Timeout = TimeSpan.FromMinutes(2) };
        return server;
    }

    /// <summary>Ends the process as a power cut does.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (IsRunning)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    /// <summary>What was built beside these tests, in the same configuration.</summary>
    private static string Program()
    {
        string root = RepositoryRoot();
        string configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Debug{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Debug" : "Release";
        return Path.Combine(root, "samples", "SimArt", "bin", configuration, "net10.0", "simart.dll");
    }

    public static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ArtSimilarity.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests do not lie in the repository.");
    }

    [GeneratedRegex(@"Now listening on: (http\S+)")]
    private static partial Regex Listening { get; }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            _log.Add(line);
        }

        if (Listening.Match(line) is { Success: true } match)
        {
            _listening.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }
}
