using System.Collections.Concurrent;
using ArtSimilarity.Graphs;
using ArtSimilarity.Indexing;
using ArtSimilarity.Parallelism;

namespace ArtSimilarity.Duplicates;

/// <summary>Finds copies and digitisations of the same work in the graph of a gallery.</summary>
/// <remarks>
/// Candidates are works that are each among the nearest of the other, within a distance. A verifier, where there is one, looks at each pair.
/// A group has a work in its middle that is a duplicate of every other: works that a chain alone connects stay apart.
/// </remarks>
public static class DuplicateFinder
{
    /// <summary>Finds groups of duplicates.</summary>
    /// <param name="graph">The graph, with at least <see cref="DuplicateOptions.MaxRank"/> neighbours for each work.</param>
    /// <param name="options">What counts as a duplicate; <see langword="null"/> takes the defaults.</param>
    /// <param name="progress">Told how much is done, from 0 to 1, possibly on another thread.</param>
    /// <param name="cancellationToken">Cancels between pairs.</param>
    /// <returns>The groups, the largest first; equal ones by the distance of their nearest pair. No work is in two.</returns>
    public static async Task<IReadOnlyList<DuplicateGroup>> FindAsync(
        NeighborGraph graph, DuplicateOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        options ??= new DuplicateOptions();
        (int First, int Second, float Distance)[] candidates = [.. Candidates(graph, options)];
        ConcurrentDictionary<(int First, int Second), DuplicatePair> pairs = [];
        int done = 0;
        await Parallel.ForEachAsync(
            candidates,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelDegree.Threads(options.MaxDegreeOfParallelism), CancellationToken = cancellationToken },
            async (candidate, cancellation) =>
            {
                (int first, int second, float distance) = candidate;
                DuplicateVerdict? verdict = options.Verifier is null
                    ? null
                    : await options.Verifier.VerifyAsync(graph.Works[first], graph.Works[second], cancellation).ConfigureAwait(false);
                if (verdict is null or { IsDuplicate: true })
                {
                    pairs[(first, second)] = new DuplicatePair(graph.Works[first], graph.Works[second], distance, verdict?.Score);
                }

                progress?.Report(Interlocked.Increment(ref done) / (double)candidates.Length);
            }).ConfigureAwait(false);
        return Group(graph, pairs);
    }

    private static IEnumerable<(int First, int Second, float Distance)> Candidates(NeighborGraph graph, DuplicateOptions options)
    {
        for (int first = 0; first < graph.Works.Count; first++)
        {
            foreach (Neighbor neighbor in Nearest(first))
            {
                if (neighbor.Id > first && neighbor.Distance <= options.MaxDistance && Nearest(neighbor.Id).Any(back => back.Id == first))
                {
                    yield return (first, neighbor.Id, neighbor.Distance);
                }
            }
        }

        Neighbor[] Nearest(int work)
        {
            ReadOnlySpan<Neighbor> all = graph.NeighborsOf(work);
            return all[..Math.Min(options.MaxRank, all.Length)].ToArray();
        }
    }

    /// <summary>Takes the work with the most duplicates and makes a group of them, again and again: a star, never a chain.</summary>
    private static List<DuplicateGroup> Group(NeighborGraph graph, IReadOnlyDictionary<(int First, int Second), DuplicatePair> pairs)
    {
        Dictionary<int, SortedSet<int>> free = [];
        foreach ((int first, int second) in pairs.Keys)
        {
            Of(first).Add(second);
            Of(second).Add(first);
        }

        // The middles with the most duplicates first. A stale entry is put back with its present number.
        PriorityQueue<(int Work, int Count), (int Negative, int Work)> queue = new();
        foreach ((int work, SortedSet<int> others) in free)
        {
            queue.Enqueue((work, others.Count), (-others.Count, work));
        }

        List<DuplicateGroup> groups = [];
        while (queue.TryDequeue(out (int Work, int Count) middle, out _))
        {
            if (!free.TryGetValue(middle.Work, out SortedSet<int>? others) || others.Count == 0)
            {
                continue;
            }

            if (others.Count != middle.Count)
            {
                queue.Enqueue((middle.Work, others.Count), (-others.Count, middle.Work));
                continue;
            }

            int[] members = [middle.Work, .. others];
            DuplicatePair[] inside = [.. members
                .SelectMany(first => members.Where(second => second > first).Select(second => pairs.GetValueOrDefault((first, second))))
                .OfType<DuplicatePair>()
                .OrderBy(pair => pair.Distance)];
            groups.Add(new DuplicateGroup([.. members.Select(member => graph.Works[member])], inside));
            foreach (int member in members)
            {
                foreach (int other in free[member])
                {
                    if (free.TryGetValue(other, out SortedSet<int>? theirs) && !members.Contains(other))
                    {
                        theirs.Remove(member);
                    }
                }
            }

            foreach (int member in members)
            {
                free.Remove(member);
            }
        }

        return [.. groups.OrderByDescending(group => group.Works.Count).ThenBy(group => group.Pairs[0].Distance)];

        SortedSet<int> Of(int work) => free.TryGetValue(work, out SortedSet<int>? others) ? others : free[work] = [];
    }
}
