using System.Globalization;
using System.Runtime.InteropServices;
using ArtSimilarity.Annoy;
using ArtSimilarity.Benchmarks.Ann;
using ArtSimilarity.Benchmarks.Signatures;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>The forest against spotify/annoy on the very same file: the same trees, the same search_k, the same answers, and the time.</summary>
internal static class ForestComparison
{
    private const int Count = 20_000, Dimensions = 512, QueryCount = 200, Clusters = 400, Directions = 32, Rounds = 5, LargestK = 1000;

    private static readonly int[] Trees = [25, 100, 200], Neighbors = [250, LargestK];

    public static async Task RunAsync()
    {
        string work = Path.Combine(Path.GetTempPath(), "artsim-forest");
        Directory.CreateDirectory(work);
        string basePath = Path.Combine(work, "base.fbin"), queryPath = Path.Combine(work, "queries.fbin"), truthPath = Path.Combine(work, "truth.ibin");
        string versions = (await Command.RunAsync(Rivals.Source("build.sh"), Path.Combine(work, "rivals"), "annoy")).Trim();
        string annoy = Path.Combine(work, "rivals", "annoy");

        // The queries are drawn like the rest, and are not among it.
        float[] all = Clustered(Count + QueryCount);
        Write(basePath, all.AsMemory(0, Count * Dimensions));
        Write(queryPath, all.AsMemory(Count * Dimensions));
        ReadOnlyMemory<float> queries = all.AsMemory(Count * Dimensions);
        using (var exact = new FlatIndex(Dimensions))
        {
            exact.Add([.. Enumerable.Range(0, Count)], all.AsSpan(0, Count * Dimensions));
            var nearest = new Neighbor[QueryCount * LargestK];
            exact.SearchMany(queries, LargestK, nearest, new int[QueryCount], null, Environment.ProcessorCount);
            int[] truth = [QueryCount, LargestK, .. nearest.Select(neighbor => neighbor.Id)];
            await File.WriteAllBytesAsync(truthPath, MemoryMarshal.AsBytes(truth.AsSpan()).ToArray());
        }

        var report = new Report("forest", "ArtSimilarity.Annoy beside spotify/annoy");
        report.Line($"{Count} synthetic vectors of {Dimensions} dimensions in {Clusters} clusters. Each cluster is spread along {Directions} directions, with a little noise in all. The {QueryCount} queries are drawn alike. "
            + $"spotify/annoy builds a file of each number of trees, and both search that same file. `search_k` is k · trees, Annoy's default. There is one query at a time, on one thread. They take turns in {Rounds} rounds. A time is the median over the queries of the median over the rounds. "
            + "spotify/annoy is a process of its own, compiled with `-O3 -march=native -ffast-math`. Its file is mapped and prefaulted. ArtSimilarity.Annoy has the file in memory.");
        report.Line();
        report.Line($"Rivals: {versions}.");
        report.Line();
        report.Line("| trees | k | search_k | spotify/annoy, ms | ArtSimilarity.Annoy, ms | ratio | recall | queries with Annoy's ids in Annoy's order | places that differ | largest difference of distances there |");
        report.Line("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (int trees in Trees)
        {
            string file = Path.Combine(work, FormattableString.Invariant($"annoy-{trees}.ann"));
            await Command.RunAsync(annoy, "build", basePath, file, Text(trees), Text(Environment.ProcessorCount));
            using AnnoyIndex index = new AnnoyIndexProvider().Open(file, Dimensions);
            using var theirs = new Contender(annoy, ["serve", file, queryPath, truthPath, Text(Dimensions), Text(trees)], _ => []);
            foreach (int k in Neighbors)
            {
                Measurement measured = null!;
                double[][] ours = new double[QueryCount][];
                for (int round = 0; round < Rounds; round++)
                {
                    measured = await theirs.MeasureAsync(k, Text(k * trees));
                    Measure(index, queries, k, round, ours);
                }

                string answers = Path.Combine(work, "answers.ibin");
                await Command.RunAsync(annoy, "answers", file, queryPath, Text(Dimensions), Text(k), Text(k * trees), answers);
                (int same, int differ, float apart) = Compare(index, queries, k, NearestFile.Read(answers), all);
                double milliseconds = Report.Median(ours.Select(Report.Median));
                report.Line($"| {trees} | {k} | {k * trees} | {measured.MedianMs:f3} | {milliseconds:f3} | **{measured.MedianMs / milliseconds:f1} ×** | {measured.Recall:f4} | {same} of {QueryCount} | {differ} of {QueryCount * k} | {apart:e1} |");
            }
        }

        report.Line();
        report.Line("spotify/annoy sums in single precision, in an order that the compiler chose. ArtSimilarity.Annoy sums in double precision. Where places differ, neighbours lie nearer together than the rounding of spotify/annoy.");
        report.Save();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Measure(AnnoyIndex index, ReadOnlyMemory<float> queries, int k, int round, double[][] times)
    {
        const int warming = 20;
        var results = new Neighbor[k];
        for (int q = 0; q < warming; q++)
        {
            index.Search(queries.Span.Slice((QueryCount - 1 - q) * Dimensions, Dimensions), results);
        }

        for (int q = 0; q < QueryCount; q++)
        {
            times[q] ??= new double[Rounds];
            times[q][round] = Report.Milliseconds(() => index.Search(queries.Span.Slice(q * Dimensions, Dimensions), results));
        }
    }

    private static (int Same, int Differ, float Apart) Compare(AnnoyIndex index, ReadOnlyMemory<float> queries, int k, NearestFile answers, float[] vectors)
    {
        int same = 0, differ = 0;
        float apart = 0;
        var results = new Neighbor[k];
        for (int q = 0; q < QueryCount; q++)
        {
            ReadOnlySpan<float> query = queries.Span.Slice(q * Dimensions, Dimensions);
            ReadOnlySpan<int> expected = answers[q];
            int found = index.Search(query, results), before = differ;
            for (int i = 0; i < k; i++)
            {
                if (i >= found || expected[i] != results[i].Id)
                {
                    differ++;
                    apart = i >= found || expected[i] < 0
                        ? float.PositiveInfinity
                        : Math.Max(apart, Math.Abs(results[i].Distance - Metrics.SimilarityMetrics.Angular.Distance(query, vectors.AsSpan(expected[i] * Dimensions, Dimensions))));
                }
            }

            same += differ == before ? 1 : 0;
        }

        return (same, differ, apart);
    }

    private static void Write(string path, ReadOnlyMemory<float> rows) =>
        VectorFile.Write(path, rows.Length / Dimensions, Dimensions, stream => stream.Write(MemoryMarshal.AsBytes(rows.Span)));

    /// <summary>Vectors whose order does not follow the clusters.</summary>
    private static float[] Clustered(int count)
    {
        var random = new Random(5);
        float[] centres = Normal(random, Clusters * Dimensions, 1), axes = Normal(random, Directions * Dimensions, 0.25);
        float[] vectors = Normal(random, count * Dimensions, 0.15);
        for (int row = 0; row < count; row++)
        {
            Span<float> vector = vectors.AsSpan(row * Dimensions, Dimensions);
            int cluster = random.Next(Clusters);
            for (int i = 0; i < Dimensions; i++)
            {
                vector[i] += centres[(cluster * Dimensions) + i];
            }

            foreach ((int d, float weight) in Normal(random, Directions, 1).Index())
            {
                for (int i = 0; i < Dimensions; i++)
                {
                    vector[i] += weight * axes[(d * Dimensions) + i];
                }
            }
        }

        return vectors;
    }

    private static float[] Normal(Random random, int count, double scale)
    {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return numbers;
    }
}
