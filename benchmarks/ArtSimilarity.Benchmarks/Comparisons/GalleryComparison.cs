using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>
/// What a gallery costs: its file, searches by key and with filters, a search after a commit, searches beside an import. With the
/// environment variable ARTSIM_FORMER a worktree of that commit is measured in turn; ARTSIM_GALLERY_SHARE makes all galleries smaller, to try it.
/// </summary>
internal static class GalleryComparison
{
    private const int Neighbors = 250, ImportSeconds = 20, Readers = 8, Rounds = 3;

    public static Task RunAsync()
    {
        double share = double.Parse(Environment.GetEnvironmentVariable("ARTSIM_GALLERY_SHARE") ?? "1", CultureInfo.InvariantCulture);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("artsim-galleries-");
        try
        {
            List<(string Name, string[] Program)> versions = [("now", Self())];
            if (Environment.GetEnvironmentVariable("ARTSIM_FORMER") is { Length: > 0 } commit)
            {
                versions.Insert(0, ("former", BuildFormer(commit, folder.FullName)));
            }

            var report = new Report("gallery", "Galleries in SQLite: size, searches by key, filters, commits and imports");
            report.Line("The signatures are synthetic: 512 numbers around 400 centres. The works have every field. Times are in milliseconds, and medians unless another name is given.");
            report.Line();
            report.Line("| | " + string.Join(" | ", versions.Select(version => version.Name)) + " |");
            report.Line("|---|" + string.Concat(versions.Select(_ => "--:|")));
            int small = (int)(77_000 * share), middle = (int)(300_000 * share), large = (int)(1_000_000 * share);
            var filled = Each(versions, folder.FullName, "small", small);
            Row(report, $"file of {small:N0} works, MB", filled, r => Number(r, "bytes") / 1e6, "0.0");
            List<Dictionary<string, JsonElement>> keys = [.. Enumerable.Range(0, Rounds).Select(_ => Ask(versions, folder.FullName, "small", "key", Text(Neighbors)))];
            Row(report, $"search by key, k = {Neighbors}, of {small:N0}", versions.ToDictionary(v => v.Name, v => Report.Median(keys.Select(round => Number(round[v.Name], "p50")))), "0.00");
            Row(report, "– the same, 99 %", versions.ToDictionary(v => v.Name, v => Report.Median(keys.Select(round => Number(round[v.Name], "p99")))), "0.00");
            Row(report, "– bytes allocated", versions.ToDictionary(v => v.Name, v => Report.Median(keys.Select(round => Number(round[v.Name], "bytes")))), "N0");
            Each(versions, folder.FullName, "middle", middle);
            Dictionary<string, JsonElement> import = Ask(versions, folder.FullName, "middle", "import", Text(ImportSeconds), Text(Readers));
            Row(report, $"{Readers} readers of {middle:N0} works, searches per second, idle", import, r => Number(r, "idleRate"), "N0");
            Row(report, "– beside an import in commits of 16", import, r => Number(r, "busyRate"), "N0");
            Row(report, "– the same, longest 1 %, ms", import, r => Number(r, "p99"), "0.0");
            Row(report, "– works imported per second", import, r => 16 * Number(r, "commitsPerSecond"), "N0");
            Row(report, "– longest log, MB", import, r => Number(r, "longestLog") / 1e6, "0.0");
            Delete(folder.FullName, "middle");
            Each(versions, folder.FullName, "large", large);
            Dictionary<string, JsonElement> filter = Ask(versions, folder.FullName, "large", "filter"), after = Ask(versions, folder.FullName, "large", "after-one");
            Row(report, $"search of {large:N0} works by genre, first", filter, r => Number(r, "genreFirst"), "0.0");
            Row(report, "– again", filter, r => Number(r, "genre"), "0.0");
            Row(report, "– by 200,000 keys, first", filter, r => Number(r, "keysFirst"), "0.0");
            Row(report, "– again", filter, r => Number(r, "keys"), "0.0");
            Row(report, "– without a filter", after, r => Number(r, "usual"), "0.00");
            Row(report, "– right after one work was added", after, r => Number(r, "after"), "0.00");
            report.Save();
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return Task.CompletedTask;
    }

    private static string[] Self() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, typeof(GalleryComparison).Assembly.Location, "gallery"]
        : [Environment.ProcessPath!, "gallery"];

    /// <summary>A program of this probe on the packages of another commit.</summary>
    private static string[] BuildFormer(string commit, string folder)
    {
        string tree = Path.Combine(folder, "former"), project = Path.Combine(folder, "probe");
        Run("git", "-C", Report.Root, "worktree", "add", "--detach", tree, commit);
        Directory.CreateDirectory(project);
        string probe = Path.Combine(Report.Root, "benchmarks", "ArtSimilarity.Benchmarks", "Galleries", "GalleryProbe.cs");
        File.WriteAllText(Path.Combine(project, "Program.cs"), "await ArtSimilarity.Benchmarks.Galleries.GalleryProbe.RunAsync(args);\n");
        File.WriteAllText(
            Path.Combine(project, "probe.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="{probe}" />
                <ProjectReference Include="{tree}/src/ArtSimilarity.Annoy/ArtSimilarity.Annoy.csproj" />
                <ProjectReference Include="{tree}/src/ArtSimilarity.Sqlite/ArtSimilarity.Sqlite.csproj" />
              </ItemGroup>
            </Project>
            """);
        string output = Path.Combine(folder, "bin");
        Run("dotnet", "build", project, "-c", "Release", "--nologo", "-v", "quiet", "-o", output);
        Run("git", "-C", Report.Root, "worktree", "remove", "--force", tree);
        return ["dotnet", Path.Combine(output, "probe.dll")];
    }

    private static Dictionary<string, JsonElement> Each(List<(string Name, string[] Program)> versions, string folder, string name, int count) =>
        Ask(versions, folder, name, "fill", Text(count));

    private static Dictionary<string, JsonElement> Ask(List<(string Name, string[] Program)> versions, string folder, string name, string request, params string[] arguments) =>
        versions.ToDictionary(version => version.Name, version =>
        {
            string file = Path.Combine(folder, $"{version.Name}-{name}.db");
            string output = Run(version.Program[0], [.. version.Program[1..], request, file, .. arguments]);
            using JsonDocument document = JsonDocument.Parse(output.Trim().Split('\n')[^1]);
            return document.RootElement.Clone();
        });

    private static void Delete(string folder, string name)
    {
        foreach (string entry in Directory.GetFileSystemEntries(folder, $"*-{name}.db*"))
        {
            if (Directory.Exists(entry))
            {
                Directory.Delete(entry, recursive: true);
            }
            else
            {
                File.Delete(entry);
            }
        }
    }

    private static void Row(Report report, string name, Dictionary<string, JsonElement> results, Func<JsonElement, double> value, string format) =>
        Row(report, name, results.ToDictionary(result => result.Key, result => value(result.Value)), format);

    private static void Row(Report report, string name, Dictionary<string, double> values, string format) =>
        report.Line($"| {name} | {string.Join(" | ", values.Values.Select(value => value.ToString(format, CultureInfo.InvariantCulture)))} |");

    private static double Number(JsonElement result, string name) => result.GetProperty(name).GetDouble();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
