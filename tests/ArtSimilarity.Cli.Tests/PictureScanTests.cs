using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using ArtSimilarity.Cli.Catalogue;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Tests;

/// <summary>Looking for pictures ends, whatever lies in a folder, and says what it passed over.</summary>
public sealed class PictureScanTests(PaintedGallery painted) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Links_in_a_circle_give_each_picture_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        Picture("a/one.jpg", "art001");
        Picture("a/b/two.jpg", "art002");
        Directory.CreateSymbolicLink(_folder["a/b/up"], _folder["a"]);
        Directory.CreateSymbolicLink(_folder["a/again"], _folder["a/b"]);
        Directory.CreateSymbolicLink(_folder["a/self"], ".");
        File.CreateSymbolicLink(_folder["a/b/same.jpg"], _folder["a/one.jpg"]);
        File.CreateSymbolicLink(_folder["a/x.jpg"], _folder["a/y.jpg"]);
        File.CreateSymbolicLink(_folder["a/y.jpg"], _folder["a/x.jpg"]);
        File.CreateSymbolicLink(_folder["a/gone.jpg"], _folder["nowhere.jpg"]);
        CliRun run = await IndexAsync(_folder["a"]);
        JsonElement document = run.Json();
        Assert.Equal(2, document.GetProperty("indexed").GetInt32());
        JsonElement passedOver = document.GetProperty("passedOver");
        Assert.Equal(4, passedOver.GetProperty("metAgain").GetInt32());
        Assert.Equal(["gone.jpg", "x.jpg", "y.jpg"], passedOver.GetProperty("unusable").EnumerateArray().Select(entry => Path.GetFileName(entry.GetProperty("file").GetString()!)).Order());
        Assert.Contains("leads in a circle", run.Error, StringComparison.Ordinal);
        Assert.Contains("leads nowhere", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of("remove", "one.jpg", "b/two.jpg", "--gallery", _folder["g.db"])).ExitCode);
    }

    [Theory]
    [InlineData("search", "x.jpg")]
    [InlineData("index", "x.jpg")]
    [InlineData("info", null)]
    public async Task A_file_named_by_links_in_a_circle_is_said_to_be_one(string command, string? file)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        File.CreateSymbolicLink(_folder["x.jpg"], _folder["y.jpg"]);
        File.CreateSymbolicLink(_folder["y.jpg"], _folder["x.jpg"]);
        CliRun run = file is null ? await CliRun.Of(command, "--gallery", _folder["x.jpg"]) : await CliRun.Of(command, _folder[file], "--gallery", painted.Gallery);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is a link that leads in a circle", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_not_utf8_is_said()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems have no such names");
        Picture("a/one.jpg", "art001");
        using (Process copy = Process.Start("sh", ["-c", $"cp '{_folder["a/one.jpg"]}' \"$(printf '{_folder["a"]}/caf\\351.jpg')\""]))
        {
            await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, copy.ExitCode);
        }

        CliRun run = await IndexAsync(_folder["a"]);
        Assert.Equal(1, run.Json().GetProperty("indexed").GetInt32());
        Assert.Contains("caf\uFFFD.jpg: its name is not UTF-8", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", run.Error, StringComparison.Ordinal);
        using Process remove = Process.Start("rm", ["-r", _folder["a"]]); // .NET cannot
        await remove.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Pruning_removes_nothing_that_a_link_to_nowhere_may_lead_to()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        Picture("a/one.jpg", "art001");
        Picture("disk/two.jpg", "art002");
        Directory.CreateSymbolicLink(_folder["a/disk"], _folder["disk"]);
        Assert.Equal(2, (await IndexAsync(_folder["a"])).Json().GetProperty("indexed").GetInt32());
        Directory.Move(_folder["disk"], _folder["away"]);
        CliRun run = await CliRun.Of("index", _folder["a"], "--gallery", _folder["g.db"], "--prune", "--model", "classical", "--json");
        Assert.Contains("leads nowhere", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await CliRun.Of("list", "--gallery", _folder["g.db"], "--json")).Json().GetProperty("works").GetArrayLength());
    }

    [Fact]
    public async Task A_picture_that_only_a_link_leads_to_is_taken_by_the_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        Picture("elsewhere/one.jpg", "art001");
        Directory.CreateDirectory(_folder["a"]);
        Directory.CreateSymbolicLink(_folder["a/linked"], _folder["elsewhere"]);
        Assert.Equal(1, (await IndexAsync(_folder["a"])).Json().GetProperty("indexed").GetInt32());
        Assert.Equal(0, (await CliRun.Of("remove", "linked/one.jpg", "--gallery", _folder["g.db"])).ExitCode);
    }

    [Fact]
    public async Task The_same_folder_and_file_given_twice_are_taken_once()
    {
        Picture("a/one.jpg", "art001");
        Picture("a/b/two.jpg", "art002");
        JsonElement document = (await IndexAsync(_folder["a/b"], _folder["a"], _folder["a/../a"], _folder["a/one.jpg"])).Json();
        Assert.Equal(2, document.GetProperty("indexed").GetInt32());
        Assert.Equal(3, document.GetProperty("passedOver").GetProperty("metAgain").GetInt32());
    }

    [Fact]
    public async Task A_pipe_is_named_and_not_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes are made by mkfifo");
        Picture("a/one.jpg", "art001");
        using (Process mkfifo = Process.Start("mkfifo", _folder["a/pipe.jpg"]))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        File.CreateSymbolicLink(_folder["a/device.jpg"], "/dev/zero");
        File.CreateSymbolicLink(_folder["a/pipelink.jpg"], _folder["a/pipe.jpg"]);
        JsonElement document = (await IndexAsync(_folder["a"])).Json();
        Assert.Equal(1, document.GetProperty("indexed").GetInt32());
        Assert.All(document.GetProperty("passedOver").GetProperty("unusable").EnumerateArray(), entry => Assert.Contains("not a regular file", entry.GetProperty("reason").GetString()!, StringComparison.Ordinal));
        Assert.Equal(3, document.GetProperty("passedOver").GetProperty("unusable").GetArrayLength());

        _folder.Write("list.csv", "file\na/pipe.jpg\na/one.jpg\n");
        CliRun[] runs =
        [
            await CliRun.Of("index", _folder["a/pipe.jpg"], "--gallery", _folder["h.db"]),
            await CliRun.Of("search", _folder["a/pipe.jpg"], "--gallery", _folder["g.db"]),
            await CliRun.Of("classify", _folder["a/pipe.jpg"]),
            await CliRun.Of("index", _folder["list.csv"], "--gallery", _folder["g.db"]),
        ];
        Assert.All(runs, run => Assert.Contains("not a regular file", run.Error, StringComparison.Ordinal));
        Assert.Equal([1, 1, 1, 0], runs.Select(run => run.ExitCode));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_folder_that_cannot_be_read_is_named_and_the_rest_is_indexed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "permissions are set by chmod");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv") || Environment.UserName != "root", "root may read every folder, and there is no setpriv to become another");
        Picture("a/one.jpg", "art001");
        Picture("a/closed/two.jpg", "art002");
        Picture("a/open/three.jpg", "art003");
        File.SetUnixFileMode(_folder["a/closed"], UnixFileMode.None);
        try
        {
            if (Environment.UserName != "root")
            {
                JsonElement document = (await IndexAsync(_folder["a"])).Json();
                Assert.Equal(2, document.GetProperty("indexed").GetInt32());
                return;
            }

            // As nobody, who may read the rest.
            const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
            File.SetUnixFileMode(_folder.Path, Everybody);
            (int code, string output, string error) = await RunAsNobodyAsync("index", _folder["a"], "--gallery", _folder["g.db"], "--model", "classical", "--json");
            Assert.SkipWhen(code is 126 or 131 or 150, "another user may not run the tests' programs here");
            Assert.True(code == 0, error);
            using JsonDocument found = JsonDocument.Parse(output);
            Assert.Equal(2, found.RootElement.GetProperty("indexed").GetInt32());
            Assert.Contains($"{_folder["a/closed"]}: the folder cannot be read", error, StringComparison.Ordinal);
            (code, _, error) = await RunAsNobodyAsync("index", _folder["a/closed"], "--gallery", _folder["g.db"], "--model", "classical");
            Assert.Equal(1, code);
            Assert.Contains("cannot be read", error, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(_folder["a/closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task What_is_passed_over_is_counted_and_said()
    {
        Picture("a/one.jpg", "art001");
        Picture("a/@eaDir/one.jpg/small.jpg", "art002");
        Picture("a/.hidden/two.jpg", "art003");
        Picture("a/.two.jpg", "art004");
        Picture("a/old/three.jpg", "art005");
        Picture("a/four.tmp.jpg", "art006");
        _folder.Write("a/notes.txt", "x");
        _folder.Write("a/more.TXT", "x");
        _folder.Write("a/raw.cr2", "x");
        CliRun run = await CliRun.Of("index", _folder["a"], "--gallery", _folder["g.db"], "--model", "classical", "--json", "--exclude", "old", "--exclude", "*.tmp.*");
        JsonElement document = run.Json();
        Assert.Equal(1, document.GetProperty("indexed").GetInt32());
        JsonElement passedOver = document.GetProperty("passedOver");
        Assert.Equal(2, passedOver.GetProperty("otherExtensions").GetProperty(".txt").GetInt32());
        Assert.Equal(1, passedOver.GetProperty("otherExtensions").GetProperty(".cr2").GetInt32());
        Assert.Equal(3, passedOver.GetProperty("hidden").GetInt32());
        Assert.Equal(2, passedOver.GetProperty("excluded").GetInt32());
        Assert.Contains("passed over 3 files whose extension is no picture's: 2 .txt, 1 .cr2.", run.Error, StringComparison.Ordinal);
        Assert.Contains("@eaDir", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pattern_that_matches_nothing_is_named()
    {
        Picture("a/p1.jpg", "art001");
        Picture("a/p2.jpg", "art002");
        CliRun run = await IndexAsync(_folder["a"], "--exclude", "p[2-9]*", "--exclude", "p2*");
        Assert.Equal(1, run.Json().GetProperty("indexed").GetInt32());
        Assert.Contains("--exclude 'p[2-9]*' matches nothing", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("'p2*'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*.jpg", "a/b.jpg", true)]
    [InlineData("*.jpg", "a/b.png", false)]
    [InlineData("thumbs", "a/thumbs", true)]
    [InlineData("thumbs", "a/thumbs2", false)]
    [InlineData("a/*", "a/b", true)]
    [InlineData("a/*", "a/b/c", false)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("**/c", "c", true)]
    [InlineData("**/c", "a/b/c", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("[x]", "[x]", true)]
    [InlineData("a.c", "abc", false)]
    [InlineData("old/", "old", true)]
    public void A_pattern_means_a_name_or_a_path(string pattern, string path, bool matches) =>
        Assert.Equal(matches, new GlobPattern(pattern).Matches(path, path[(path.LastIndexOf('/') + 1)..]));

    [Fact]
    public void Looking_ends_when_it_is_cancelled()
    {
        Picture("a/one.jpg", "art001");
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        using StringWriter output = new(), error = new();
        var scan = new PictureScan(new CliConsole("artsim", output, error, false, false), [], null, cancelled.Token);
        Assert.Throws<OperationCanceledException>(() => scan.Search(_folder["a"]));
    }

    private void Picture(string name, string key)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.Copy(painted.ImageOf(key), _folder[name]);
    }

    private Task<CliRun> IndexAsync(params string[] paths) => CliRun.Of(["index", .. paths, "--gallery", _folder["g.db"], "--model", "classical", "--json"]);

    private static async Task<(int Code, string Output, string Error)> RunAsNobodyAsync(params string[] args)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", Path.ChangeExtension(typeof(Artsim).Assembly.Location, null), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = Path.GetTempPath();
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output, await error);
    }
}
