using System.Numerics.Tensors;
using ArtSimilarity.Benchmarks.Designs;
using ArtSimilarity.Benchmarks.Signatures;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>
/// Which leaves should an index read? The share of the true neighbours among the vectors of the leaves looked at first, for
/// trees as Annoy builds them and for leaves of k-means: what every code in a leaf costs is the same, so this decides.
/// </summary>
internal static class PartitionComparison
{
    private const int LeafSize = 256, Queries = 200, K = 250;
    private static readonly double[] Shares = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5];

    public static Task RunAsync()
    {
        var set = new SignatureSet(SignatureSet.DefaultFolder);
        set.Ensure();
        int dimensions;
        using (VectorFile file = VectorFile.Open(set.Base))
        {
            dimensions = file.Dimensions;
        }

        var rows = new UnitRows(VectorFile.ReadAll(set.Base), dimensions);
        var queryRows = new UnitRows(VectorFile.ReadAll(set.Queries), dimensions);
        float[][] queries = [.. Enumerable.Range(0, Queries).Select(query => queryRows[query].ToArray())];
        var truth = new HashSet<int>[Queries];
        Parallel.For(0, Queries, query =>
        {
            float[] distances = [.. Enumerable.Range(0, rows.Count).Select(row => TensorPrimitives.Distance<float>(rows[row], queries[query]))];
            int[] order = [.. Enumerable.Range(0, rows.Count)];
            Array.Sort(distances, order);
            truth[query] = [.. order.Take(K)];
        });

        var report = new Report("partitions", $"Leaves to read first: {rows.Count} × {dimensions} real signatures, k = {K}");
        report.Line($"Leaves of at most {LeafSize} vectors; {Queries} queries from paintings that are not in the base. A figure is the share of the true {K} nearest among the vectors of the leaves looked at first. A vector that several trees hold is read as often as it is met, and counts once.");
        report.Line();
        report.Line("| leaves | how many | " + string.Join(" | ", Shares.Select(share => $"{100 * share:f0} % read")) + " |");
        report.Line("|---|--:|" + string.Concat(Shares.Select(_ => "--:|")));
        foreach (int trees in new[] { 1, 2, 4, 10 })
        {
            var forest = new RandomProjectionForest(rows, trees, LeafSize);
            Measure(report, forest.ByMargin(), rows.Count, queries, truth);
            Measure(report, forest.ByCentroid(), rows.Count, queries, truth);
        }

        List<int[]> twoMeans = Leaves.ByKMeans(rows, LeafSize, branching: 2), kMeans = Leaves.ByKMeans(rows, LeafSize, branching: 16);
        Measure(report, Leaves.NearestFirst("two-means tree, nearest centroid first", rows, twoMeans), rows.Count, queries, truth);
        Measure(report, Leaves.NearestFirst("hierarchical k-means (16 children), nearest centroid first", rows, kMeans), rows.Count, queries, truth);
        Measure(report, Leaves.NearestFirst("the same, every vector in the nearest leaf of all", rows, Leaves.Reassigned(rows, kMeans)), rows.Count, queries, truth);
        report.Save();
        return Task.CompletedTask;
    }

    private static void Measure(Report report, Partition partition, int count, float[][] queries, HashSet<int>[] truth)
    {
        double[] found = new double[Shares.Length];
        for (int query = 0; query < queries.Length; query++)
        {
            var met = new HashSet<int>();
            long read = 0;
            int next = 0;
            foreach (int leaf in partition.Order(queries[query]))
            {
                for (; next < Shares.Length && read >= Shares[next] * count; next++)
                {
                    found[next] += met.Count;
                }

                if (next == Shares.Length)
                {
                    break;
                }

                read += partition.Leaves[leaf].Length;
                met.UnionWith(partition.Leaves[leaf].Where(truth[query].Contains));
            }

            for (; next < Shares.Length; next++)
            {
                found[next] += met.Count;
            }
        }

        report.Line($"| {partition.Name} | {partition.Leaves.Count} | " + string.Join(" | ", found.Select(sum => (sum / (queries.Length * K)).ToString("f3", System.Globalization.CultureInfo.InvariantCulture))) + " |");
    }
}
