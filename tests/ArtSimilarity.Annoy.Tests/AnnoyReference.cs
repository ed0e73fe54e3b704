using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ArtSimilarity.Indexing;
using Xunit;

[assembly: AssemblyFixture(typeof(ArtSimilarity.Annoy.Tests.AnnoyReference))]

namespace ArtSimilarity.Annoy.Tests;

/// <summary>
/// spotify/annoy's own code, compiled once from tests/annoy-reference and Annoy's header. Tests that need it are skipped, with the
/// reason, where there is no g++ or no header.
/// </summary>
public sealed class AnnoyReference : IDisposable
{
    private const string IncludeVariable = "ARTSIM_ANNOY_INCLUDE", DebianInclude = "/usr/lib/R/site-library/RcppAnnoy/include";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artsim-annoy-reference-");
    private readonly Lazy<string> _program;

    public AnnoyReference() => _program = new Lazy<string>(Compile);

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Builds an index as Annoy does.</summary>
    public void Build(string metric, VectorSet vectors, int trees, int seed, string path)
    {
        string list = Write(vectors);
        Run("build", metric, Text(vectors.Dimensions), Text(trees), Text(seed), list, path);
    }

    /// <summary>What Annoy finds in a file: one list of neighbours for each query.</summary>
    public AnnoyReferenceAnswer Search(string metric, string path, VectorSet queries, int k, int searchK)
    {
        string list = Write(queries);
        string[] lines = Run("search", metric, Text(queries.Dimensions), path, list, Text(k), Text(searchK)).Split('\n');
        int[] head = [.. lines[0].Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        return new AnnoyReferenceAnswer(head[0], head[1], [.. lines[1..^1].Select(Neighbors)]);
    }

    private static Neighbor[] Neighbors(string line) =>
    [
        .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split(':'))
            .Select(pair => new Neighbor(int.Parse(pair[0], CultureInfo.InvariantCulture), float.Parse(pair[1], CultureInfo.InvariantCulture))),
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Execute(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error.Result}");
        return output;
    }

    private string Run(params string[] arguments) => Execute(_program.Value, arguments);

    private string Compile()
    {
        string compiler = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "g++")).FirstOrDefault(File.Exists) ?? "";
        Assert.SkipWhen(compiler.Length == 0, "There is no g++ to compile Annoy's own code with.");
        string? configured = Environment.GetEnvironmentVariable(IncludeVariable);
        string include = string.IsNullOrEmpty(configured) ? DebianInclude : configured;
        bool found = File.Exists(Path.Combine(include, "annoylib.h"));
        Assert.False(!found && include == configured, $"{IncludeVariable} names {configured}, which has no annoylib.h.");
        Assert.SkipUnless(found, $"Annoy's header annoylib.h is neither in {DebianInclude} (Debian's r-cran-rcppannoy) nor named by {IncludeVariable}.");

        // Without contractions and fast mathematics its sums are the same on every machine.
        string program = Path.Combine(_folder.FullName, "reference");
        Execute(compiler, "-std=c++14", "-O2", "-ffp-contract=off", "-w", "-I", include, Path.Combine(AppContext.BaseDirectory, "reference.cpp"), "-o", program);
        return program;
    }

    private string Write(VectorSet vectors)
    {
        string path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():n}.list");
        using FileStream stream = File.Create(path);
        for (int row = 0; row < vectors.Count; row++)
        {
            stream.Write(MemoryMarshal.AsBytes(vectors.Ids.Slice(row, 1)));
            stream.Write(MemoryMarshal.AsBytes(vectors[row]));
        }

        return path;
    }
}
