using System.Globalization;
using ArtSimilarity.Benchmarks.Ann;
using ArtSimilarity.Benchmarks.Signatures;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>
/// Approximate search on real signatures: this project's index beside spotify/annoy, hnswlib and faiss, in one session on one
/// machine, every tool swept over its parameters. Each is a process that answers one query at a time on one thread; they take turns.
/// </summary>
internal static class AnnComparison
{
    private const int Rounds = 3, BuildRounds = 3, LargestK = 1000, FilterRounds = 3, FilterK = 250, GrowthK = 250;
    private const double GrowthRecall = 0.95;

    private static readonly int[] Neighbors = [10, 250, LargestK];
    private static readonly int[] Sizes = [10_000, 77_022, 250_000, 1_000_000];
    private static readonly double[] Selectivities = [0.5, 0.1, 0.01, 0.001, 0.0001];

    // The demands of the README's claims.
    private static readonly (int K, double Recall)[] Demands = [(10, 0.95), (10, 0.99), (250, 0.95), (250, 0.98), (250, 0.995), (1000, 0.95), (1000, 0.98)];

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["ours"] = "FastScan",
        ["hnswlib"] = "hnswlib",
        ["annoy"] = "spotify/annoy",
        ["faiss"] = "faiss IndexFlatIP (exact)",
    };

    public static async Task RunAsync()
    {
        var set = new SignatureSet(SignatureSet.DefaultFolder);
        set.EnsureGrown(Sizes.Max());
        string work = Path.Combine(set.Folder, "indexes");
        Directory.CreateDirectory(work);
        Rivals rivals = await Rivals.CompileAsync(set, work);
        string truth = await EnsureTruthAsync(set, rows: null);

        var report = new Report("ann", "Approximate search on real signatures: FastScan, spotify/annoy, hnswlib and faiss");
        int count, dimensions, queries;
        using (VectorFile vectors = VectorFile.Open(set.Base), asked = VectorFile.Open(set.Queries))
        {
            (count, dimensions, queries) = (vectors.Count, vectors.Dimensions, asked.Count);
        }

        report.Line($"{count} signatures of {dimensions} dimensions, by SqueezeNet: the whole and five crops of each painting. The {queries} queries are the wholes of paintings that are not in the base. "
            + $"The truth is the exact angular order in float64. Recall is by id. Each search has one thread, and there is one query at a time. Every tool is a process of its own, and they take turns setting by setting, in {Rounds} rounds. "
            + $"A time is the median over the queries of the median over the rounds. All settings tried are in the plots.");
        report.Line();
        report.Line($"All times and ratios of this page are of that processor, {Report.Processor()}. Others give other ratios. "
            + "Others measured FastScan on an Intel machine, whose exact model was not recorded. There it was 3.0–3.6 × as fast as hnswlib and 22 × as fast as Annoy (50,154 × 512, k = 250, recall 0.985).");
        report.Line();
        report.Line($"Rivals: {rivals.Versions}, `-O3 -march=native -ffast-math`; faiss from Debian's python3-faiss.");
        report.Line();

        List<BuildFigures> builds = await BuildAsync(set, work, rivals, count);
        List<Measurement> measurements = await SearchAsync(set, work, rivals, truth, count, dimensions);
        WriteHeadline(report, measurements);
        WritePlots(report, measurements, count);
        WriteBuilds(report, builds, count, dimensions);
        await WriteGrowthAsync(report, set, work, dimensions);
        WriteFilters(report, set, work, count);
        WriteFronts(report, measurements);
        report.Save();
    }

    private static string OurFile(string work) => Path.Combine(work, "ours.fastscan");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The exact neighbours of the queries among the base, or the first rows of the grown set; kept beside the vectors.</summary>
    private static async Task<string> EnsureTruthAsync(SignatureSet set, int? rows)
    {
        string source = rows is null ? set.Base : set.Grown;
        string truth = Path.Combine(set.Folder, rows is null ? $"truth-{LargestK}.ibin" : FormattableString.Invariant($"truth-{LargestK}-of-{rows}.ibin"));
        if (!File.Exists(truth) || File.GetLastWriteTimeUtc(truth) < File.GetLastWriteTimeUtc(source))
        {
            string[] limit = rows is null ? [] : [Text(rows.Value)];
            await Command.RunAsync(Rivals.Python, [Rivals.Source("truth.py"), source, set.Queries, Text(LargestK), truth, .. limit]);
        }

        return truth;
    }

    private static async Task<BuildFigures> BuildOursAsync(string vectors, string index, int threads, int rows) =>
        BuildFigures.Parse(await Command.RunAsync(Environment.ProcessPath!, "ann", "build", vectors, index, Text(threads), Text(rows)));

    private static async Task<List<BuildFigures>> BuildAsync(SignatureSet set, string work, Rivals rivals, int count)
    {
        List<BuildFigures> all = [];
        foreach (int threads in new[] { Environment.ProcessorCount, 1 })
        {
            // The two that are compared take turns.
            for (int round = 0; round < BuildRounds; round++)
            {
                all.Add(await BuildOursAsync(set.Base, OurFile(work), threads, count));
                all.Add(await rivals.BuildAnnoyAsync(Rivals.UsualTrees, threads));
            }

            all.Add(await rivals.BuildHnswAsync(Rivals.UsualLinks, threads));
        }

        all.AddRange(await rivals.BuildOthersAsync());
        return
        [
            .. all.GroupBy(build => (build.Tool, build.Params, build.Threads)).Select(group => group.First() with
            {
                BuildS = Report.Median(group.Select(build => build.BuildS)),
                SaveS = Report.Median(group.Select(build => build.SaveS)),
                PeakRssKb = group.Max(build => build.PeakRssKb),
            }),
        ];
    }

    private static async Task<List<Measurement>> SearchAsync(SignatureSet set, string work, Rivals rivals, string truth, int count, int dimensions)
    {
        List<Contender> contenders = [Ours(OurFile(work), set, truth, count), .. rivals.Serve(truth, dimensions)];
        try
        {
            return await Contender.MeasureAllAsync(contenders, Neighbors, Rounds);
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }
    }

    private static Contender Ours(string index, SignatureSet set, string truth, int count) =>
        new(Environment.ProcessPath!, ["ann", "serve", index, set.Queries, truth], k => OurIndex.Settings(k, count));

    private static void WriteHeadline(Report report, List<Measurement> measurements)
    {
        report.Line("## At the same recall");
        report.Line();
        report.Line("| k | recall of at least | FastScan, ms | hnswlib, ms | hnswlib ÷ FastScan | Annoy, ms | Annoy ÷ FastScan | faiss flat, ms |");
        report.Line("|--:|--:|--:|--:|--:|--:|--:|--:|");
        List<string> settings = [];
        foreach ((int k, double recall) in Demands)
        {
            ILookup<string, Measurement> of = measurements.Where(m => m.K == k).ToLookup(m => m.Tool);
            Measurement? ours = Figures.Cheapest(of["ours"], recall), hnsw = Figures.Cheapest(of["hnswlib"], recall), annoy = Figures.Cheapest(of["annoy"], recall);
            Measurement flat = of["faiss"].First();
            report.Line($"| {k} | {recall} | {Milliseconds(ours)} | {Milliseconds(hnsw)} | {Ratio(hnsw, ours)} | {Milliseconds(annoy)} | {Ratio(annoy, ours)} | {flat.MedianMs:f1} |");
            settings.Add(FormattableString.Invariant($"| {k} | {recall} | {ours?.Params} | {hnsw?.Params} | {annoy?.Params} |"));
        }

        report.Line();
        report.Line("Each tool is at its fastest setting that reaches the recall. What it reached is in brackets. The settings:");
        report.Line();
        report.Line("| k | recall of at least | FastScan | hnswlib | Annoy |");
        report.Line("|--:|--:|---|---|---|");
        settings.ForEach(setting => report.Line(setting));
        report.Line();
        report.Line("With the settings that nobody chose (`FastScanSearchSettings.DefaultFor`): "
            + string.Join("; ", measurements.Where(m => m is { Tool: "ours", Params: "default" }).Select(m => FormattableString.Invariant($"k = {m.K}: recall {m.Recall:f4} in {m.MedianMs:f3} ms"))) + ".");
        report.Line();
    }

    private static string Milliseconds(Measurement? measurement) =>
        measurement is null ? "not reached" : FormattableString.Invariant($"{measurement.MedianMs:f3} ({measurement.Recall:f4})");

    private static string Ratio(Measurement? theirs, Measurement? ours) =>
        theirs is null || ours is null ? "" : FormattableString.Invariant($"**{theirs.MedianMs / ours.MedianMs:f1} ×**");

    private static void WritePlots(Report report, List<Measurement> measurements, int count)
    {
        report.Line("## Time against recall");
        report.Line();
        foreach (int k in Neighbors)
        {
            string file = FormattableString.Invariant($"ann-k{k}.png");
            RecallPlot.Write(
                Path.Combine(Report.Root, "benchmarks", "results", file), string.Create(CultureInfo.InvariantCulture, $"The {k} nearest of {count:N0} real signatures × 512"), [.. measurements.Where(m => m.K == k)], Names);
            report.Line($"![Median time of a query against recall, k = {k}]({file})");
            report.Line();
        }
    }

    private static void WriteFronts(Report report, List<Measurement> measurements)
    {
        foreach (int k in Neighbors)
        {
            report.Line($"## Best settings, k = {k}");
            report.Line();
            report.Line("The settings that no other of the same tool beats in both. The last column: how many times as long as the fastest setting of FastScan with at least that recall.");
            report.Line();
            report.Line("| tool | setting | recall | median, ms | mean, ms | ÷ FastScan |");
            report.Line("|---|---|--:|--:|--:|--:|");
            List<Measurement> of = [.. measurements.Where(m => m.K == k && m.Recall >= 0.8)];
            foreach (string tool in Names.Keys)
            {
                foreach (Measurement m in Figures.Front(of.Where(m => m.Tool == tool)))
                {
                    Measurement? ours = tool == "ours" ? null : Figures.Cheapest(of.Where(m => m.Tool == "ours"), m.Recall);
                    report.Line($"| {Names[tool]} | {m.Params} | {m.Recall:f4} | {m.MedianMs:f3} | {m.MeanMs:f3} | {(ours is null ? "" : FormattableString.Invariant($"{m.MedianMs / ours.MedianMs:f1}"))} |");
                }
            }

            report.Line();
        }
    }

    private static void WriteBuilds(Report report, List<BuildFigures> builds, int count, int dimensions)
    {
        report.Line("## Build, file, memory");
        report.Line();
        report.Line("| index | threads | build and save, s | ÷ FastScan | file, MB | ÷ Annoy, 100 trees | peak memory of the build, MB |");
        report.Line("|---|--:|--:|--:|--:|--:|--:|");
        BuildFigures annoy = builds.First(build => build is { Tool: "annoy", Params: "100 trees" });
        foreach (BuildFigures build in builds.OrderBy(build => build.Threads).ThenBy(build => Names.Keys.ToList().IndexOf(build.Tool)).ThenBy(build => build.Params.Length).ThenBy(build => build.Params, StringComparer.Ordinal))
        {
            BuildFigures ours = builds.First(other => other.Tool == "ours" && other.Threads == build.Threads);
            report.Line($"| {Names[build.Tool]} {build.Params} | {build.Threads} | {build.TotalS:f2} | {build.TotalS / ours.TotalS:f1} | {build.FileBytes / 1e6:f0} | {(double)build.FileBytes / annoy.FileBytes:f2} | {build.PeakRssKb * 1024 / 1e6:f0} |");
        }

        report.Line();
        report.Line($"A time goes from the first vector read to the index in its file. For FastScan and Annoy with 100 trees it is the median of {BuildRounds} builds in turn. The vectors as floats are {(double)count * dimensions * sizeof(float) / 1e6:f0} MB. "
            + "Every file holds what it needs to answer without them. Peak memory is that of the process (VmHWM).");
        report.Line();
    }

    private static async Task WriteGrowthAsync(Report report, SignatureSet set, string work, int dimensions)
    {
        report.Line("## Growth");
        report.Line();
        report.Line($"| vectors | build and save, s | file, MB | peak memory of the build, MB | ÷ (vectors + file) | k = {GrowthK} at recall ≥ {GrowthRecall}: setting | recall | median, ms | ÷ that of {Sizes[1]} |");
        report.Line("|--:|--:|--:|--:|--:|---|--:|--:|--:|");
        List<BuildFigures> builds = [];
        List<Contender> contenders = [];
        List<Measurement> best = [];
        try
        {
            foreach (int size in Sizes)
            {
                string index = Path.Combine(work, FormattableString.Invariant($"ours-{size}.fastscan"));
                string truth = await EnsureTruthAsync(set, size);
                builds.Add(await BuildOursAsync(set.Grown, index, Environment.ProcessorCount, size));
                contenders.Add(Ours(index, set, truth, size));
            }

            foreach (Contender contender in contenders)
            {
                best.Add(Figures.Cheapest(await Contender.MeasureAllAsync([contender], [GrowthK], Rounds), GrowthRecall)
                    ?? throw new InvalidOperationException("No setting reaches the recall."));
            }
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }

        for (int i = 0; i < Sizes.Length; i++)
        {
            BuildFigures build = builds[i];
            double bytes = ((double)Sizes[i] * dimensions * sizeof(float)) + build.FileBytes;
            report.Line($"| {Sizes[i]} | {build.TotalS:f2} | {build.FileBytes / 1e6:f0} | {build.PeakRssKb * 1024 / 1e6:f0} | {build.PeakRssKb * 1024 / bytes:f2} | {best[i].Params} | {best[i].Recall:f4} | {best[i].MedianMs:f3} | {best[i].MedianMs / best[1].MedianMs:f2} |");
        }

        report.Line();
        report.Line($"The build has {Environment.ProcessorCount} threads, and the queries have one. Up to {Sizes[1]} the signatures are real. Beyond, copies of them are added, with Gaussian noise of an eighth to three eighths of their length.");
        report.Line();
    }

    private static void WriteFilters(Report report, SignatureSet set, string work, int count)
    {
        report.Line("## Filters");
        report.Line();
        report.Line($"| may be returned | of {count} | how chosen | recall | median, ms | exact scan of those alone, ms | ÷ that scan | FlatIndex with the filter, ms |");
        report.Line("|--:|--:|---|--:|--:|--:|--:|--:|");
        VectorSet vectors = OurProgram.ReadVectors(set.Base, count);
        float[] queries = VectorFile.ReadAll(set.Queries);
        using OurIndex index = OurIndex.Open(OurFile(work));
        using var flat = new FlatIndex(vectors.Dimensions);
        for (int row = 0; row < count; row++)
        {
            flat.Add([row], vectors[row]);
        }

        foreach (bool correlated in new[] { false, true })
        {
            int[] order = correlated ? OrderAlongDirection(vectors) : Shuffled(count);
            foreach (double selectivity in Selectivities)
            {
                int allowed = Math.Max(1, (int)Math.Round(selectivity * count));
                int[] rows = [.. order.Take(allowed).Order()];
                var filter = new IdSet(rows);
                using var alone = new FlatIndex(vectors.Dimensions);
                foreach (int row in rows)
                {
                    alone.Add([row], vectors[row]);
                }

                (double recall, double ours, double scan, double filtered) = MeasureFilter(index, flat, alone, filter, queries, vectors.Dimensions);
                report.Line($"| {selectivity} | {allowed} | {(correlated ? "on one side" : "at random")} | {recall:f4} | {ours:f3} | {scan:f3} | {ours / scan:f2} | {filtered:f3} |");
            }
        }

        report.Line();
        report.Line($"k = {FilterK} (or as many as may be returned), default settings, one thread, medians of {FilterRounds} rounds in turn. \"On one side\" are those furthest along one direction of the space, as the works of a genre lie together.");
        report.Line();
    }

    private static int[] Shuffled(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new Random(11).Shuffle(order);
        return order;
    }

    /// <summary>The rows by how far they lie in the direction of one of them from another.</summary>
    private static int[] OrderAlongDirection(VectorSet vectors)
    {
        float[] direction = new float[vectors.Dimensions];
        System.Numerics.Tensors.TensorPrimitives.Subtract(vectors[0], vectors[1], direction);
        return [.. Enumerable.Range(0, vectors.Count).OrderByDescending(row => System.Numerics.Tensors.TensorPrimitives.Dot(vectors[row], direction))];
    }

    private static (double Recall, double Ours, double Scan, double Filtered) MeasureFilter(
        OurIndex index, FlatIndex flat, FlatIndex alone, IdSet filter, float[] queries, int dimensions)
    {
        int count = queries.Length / dimensions;
        Neighbor[] found = new Neighbor[FilterK], exact = new Neighbor[FilterK], direct = new Neighbor[FilterK];
        var times = Enumerable.Range(0, count).Select(_ => (Ours: new List<double>(), Scan: new List<double>(), Filtered: new List<double>())).ToArray();
        double recall = 0;
        for (int round = -1; round < FilterRounds; round++)
        {
            for (int q = 0; q < count; q++)
            {
                int first = q * dimensions, ours = 0, theirs = 0;
                double our = Report.Milliseconds(() => ours = index.Search(queries.AsSpan(first, dimensions), found, "default", filter));
                double scan = Report.Milliseconds(() => theirs = alone.Search(queries.AsSpan(first, dimensions), exact));
                double filtered = Report.Milliseconds(() => flat.Search(queries.AsSpan(first, dimensions), direct, filter));
                if (ours != theirs)
                {
                    throw new InvalidOperationException($"{ours} results where {theirs} exist.");
                }

                if (round >= 0)
                {
                    times[q].Ours.Add(our);
                    times[q].Scan.Add(scan);
                    times[q].Filtered.Add(filtered);
                    recall += (double)found.Take(ours).IntersectBy(exact.Take(theirs).Select(n => n.Id), n => n.Id).Count() / theirs;
                }
            }
        }

        return (
            recall / (count * FilterRounds),
            Report.Median(times.Select(t => Report.Median(t.Ours))),
            Report.Median(times.Select(t => Report.Median(t.Scan))),
            Report.Median(times.Select(t => Report.Median(t.Filtered))));
    }
}
