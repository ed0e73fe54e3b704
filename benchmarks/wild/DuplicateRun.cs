using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ArtSimilarity.Duplicates;
using ArtSimilarity.FastScan;
using ArtSimilarity.Galleries;
using ArtSimilarity.Graphs;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Sqlite;

namespace ArtSimilarity.Wild;

/// <summary>
/// Finds duplicates in a gallery by each verifier, and compares them with a list of known pairs. Pairs found by neither list nor both verifiers are printed,
/// for a person to look at.
/// </summary>
internal static class DuplicateRun
{
    public static async Task RunAsync(string galleryFile, string pairsFile, TextWriter output, TextWriter unlisted)
    {
        var decoder = new NetVipsImageDecoder();
        await using SqliteGalleryStore store = SqliteGalleryStore.Open(galleryFile);
        await using var gallery = new Gallery(store, decoder, [], new FastScanIndexProvider());
        await gallery.PrepareAsync();
        NeighborGraph graph = await NeighborGraphBuilder.BuildAsync(gallery, new NeighborGraphOptions { NeighborCount = 5 });
        HashSet<(string, string)> known = [.. File.ReadLines(pairsFile).Skip(1).Select(line => line.Split(',')).Select(keys => Ordered(keys[0], keys[1]))];
        known.RemoveWhere(pair => graph.IndexOf(pair.Item1) is null || graph.IndexOf(pair.Item2) is null);
        var opener = new FileImageOpener();
        var alignment = new Recorder(new AlignmentVerifier(decoder, opener));
        var points = new Recorder(new LocalFeatureVerifier(decoder, opener));
        await output.WriteLineAsync($"{graph.Works.Count} works, {known.Count} known pairs\n");
        await output.WriteLineAsync("| verified by | seconds | pairs | known pairs found | recall | listed among the found | groups |");
        await output.WriteLineAsync("|---|--:|--:|--:|--:|--:|--:|");
        foreach ((string name, Recorder verifier) in new[] { ("alignment", alignment), ("points", points) })
        {
            var clock = Stopwatch.StartNew();
            IReadOnlyList<DuplicateGroup> groups = await DuplicateFinder.FindAsync(graph, new DuplicateOptions { Verifier = verifier });
            double seconds = clock.Elapsed.TotalSeconds;
            (string, string)[] found = [.. verifier.Scores.Where(pair => pair.Value.IsDuplicate).Select(pair => pair.Key)];
            int listed = found.Count(known.Contains);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"| {name} | {seconds:f1} | {found.Length} | {listed} | {(double)listed / known.Count:f3} | {(double)listed / found.Length:f3} | {groups.Count} |"));
        }

        // Everything unlisted that either took for a duplicate, and the listed pairs that one of them missed.
        foreach ((string, string) pair in alignment.Scores.Keys.Concat(known).Distinct().Order())
        {
            DuplicateVerdict? a = alignment.Scores.GetValueOrDefault(pair), p = points.Scores.GetValueOrDefault(pair);
            bool isKnown = known.Contains(pair);
            if (isKnown ? a?.IsDuplicate != true || p?.IsDuplicate != true : a?.IsDuplicate == true || p?.IsDuplicate == true)
            {
                await unlisted.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{(isKnown ? "missed" : "unlisted")},{pair.Item1},{pair.Item2},{a?.Score:f3},{p?.Score:f0},{UriOf(pair.Item1)},{UriOf(pair.Item2)}"));
            }
        }

        string UriOf(string key) => graph.Works[graph.IndexOf(key)!.Value].ImageUri ?? "";
    }

    private static (string, string) Ordered(string first, string second) => string.CompareOrdinal(first, second) < 0 ? (first, second) : (second, first);

    private sealed class Recorder(IDuplicateVerifier verifier) : IDuplicateVerifier
    {
        public ConcurrentDictionary<(string, string), DuplicateVerdict> Scores { get; } = [];

        public async ValueTask<DuplicateVerdict> VerifyAsync(Painting first, Painting second, CancellationToken cancellationToken = default)
        {
            DuplicateVerdict verdict = await verifier.VerifyAsync(first, second, cancellationToken);
            Scores[Ordered(first.Key, second.Key)] = verdict;
            return verdict;
        }
    }
}
