using System.Globalization;
using ArtSimilarity.Annoy;
using ArtSimilarity.Benchmarks.Comparisons;
using ArtSimilarity.Benchmarks.Signatures;

namespace ArtSimilarity.Benchmarks.Ann;

/// <summary>The rivals' programs, and the parameters each is swept over.</summary>
internal sealed class Rivals
{
    public const string Python = "/usr/bin/python3";
    public const int UsualTrees = 100, UsualLinks = 16;

    private const string EfConstruction = "200";

    private static readonly int[] Trees = [50, UsualTrees, 200], Links = [8, 12, UsualLinks, 32];

    private static readonly Dictionary<int, int[]> SearchK = new()
    {
        [10] = [1_000, 2_000, 4_000, 6_000, 8_000, 12_000, 16_000, 24_000, 32_000],
        [250] = [4_000, 8_000, 12_000, 16_000, 25_000, 32_000, 48_000, 64_000, 100_000],
        [1000] = [16_000, 25_000, 32_000, 48_000, 64_000, 100_000, 150_000],
    };

    private static readonly Dictionary<int, int[]> Ef = new()
    {
        [10] = [10, 20, 30, 40, 60, 80, 100, 120, 160, 240, 320, 480, 640],
        [250] = [250, 275, 300, 350, 400, 500, 600, 800, 1000, 1500, 2000],
        [1000] = [1000, 1100, 1200, 1350, 1500, 2000, 3000, 4000],
    };

    private readonly SignatureSet _set;
    private readonly string _indexes, _annoy, _hnswlib;

    private Rivals(SignatureSet set, string indexes, string programs, string versions)
    {
        (_set, _indexes, Versions) = (set, indexes, versions);
        (_annoy, _hnswlib) = (Path.Combine(programs, "annoy"), Path.Combine(programs, "hnswlib"));
    }

    public string Versions { get; }

    public static string Source(string file) => Path.Combine(Report.Root, "benchmarks", "rivals", file);

    /// <summary>Compiles the programs into the set's folder.</summary>
    public static async Task<Rivals> CompileAsync(SignatureSet set, string indexes)
    {
        string programs = Path.Combine(set.Folder, "rivals");
        return new Rivals(set, indexes, programs, (await Command.RunAsync(Source("build.sh"), programs)).Trim());
    }

    public async Task<BuildFigures> BuildAnnoyAsync(int trees, int threads) =>
        BuildFigures.Parse(await Command.RunAsync(_annoy, "build", _set.Base, AnnoyFile(trees), Text(trees), Text(threads)));

    public async Task<BuildFigures> BuildHnswAsync(int links, int threads) =>
        BuildFigures.Parse(await Command.RunAsync(_hnswlib, "build", _set.Base, HnswFile(links), Text(links), EfConstruction, Text(threads)));

    /// <summary>Builds, on one thread, what is served beside the usual ones.</summary>
    public async Task<List<BuildFigures>> BuildOthersAsync()
    {
        List<BuildFigures> builds = [];
        foreach (int trees in Trees.Where(trees => trees != UsualTrees))
        {
            builds.Add(await BuildAnnoyAsync(trees, threads: 1));
        }

        foreach (int links in Links.Where(links => links != UsualLinks))
        {
            builds.Add(await BuildHnswAsync(links, threads: 1));
        }

        return builds;
    }

    /// <summary>Starts a program for every index.</summary>
    public IEnumerable<Contender> Serve(string truth, int dimensions) =>
    [
        .. Links.Select(links => new Contender(_hnswlib, ["serve", HnswFile(links), _set.Queries, truth, Text(dimensions), Text(links)], k => Ef[k].Select(Text))),
        .. Trees.Select(trees => new Contender(_annoy, ["serve", AnnoyFile(trees), _set.Queries, truth, Text(dimensions), Text(trees)], k => SearchK[k].Select(Text))),
        new Contender(Python, [Source("faiss_serve.py"), _set.Base, _set.Queries, truth], _ => ["0"]),
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string AnnoyFile(int trees) => Path.Combine(_indexes, FormattableString.Invariant($"annoy-{trees}.ann"));

    private string HnswFile(int links) => Path.Combine(_indexes, FormattableString.Invariant($"hnsw-{links}.bin"));
}
