using System.Diagnostics;
using ArtSimilarity.Evaluation;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Tuning;

/// <summary>Measures searches of an index.</summary>
/// <param name="search">Searches for a query with settings, and returns how many neighbours it wrote.</param>
/// <param name="threads">How many threads measure qualities; times are those of one.</param>
/// <param name="cancellationToken">Cancels the work.</param>
internal sealed class SearchMeasuring<TSettings>(Func<float[], Neighbor[], TSettings, int> search, int threads, CancellationToken cancellationToken)
    where TSettings : struct
{
    /// <summary>Every query is timed so often, at different times; the median counts.</summary>
    private const int Rounds = 3;

    /// <summary>Quality and recall over queries.</summary>
    public (Estimate Quality, Estimate Recall) Quality(KnownQueries queries, int k, TSettings settings)
    {
        double[] qualities = new double[queries.Count], recalls = new double[queries.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, queries.Count, parallel, q =>
        {
            var results = new Neighbor[k];
            int[] ranks = new int[search(queries.Vectors[q], results, settings)];
            for (int i = 0; i < ranks.Length; i++)
            {
                // What lies behind the known ranks counts as infinitely far: the quality is not overestimated.
                ranks[i] = queries.Ranks[q].TryGetValue(results[i].Id, out int rank) ? rank : int.MaxValue - i;
            }

            qualities[q] = RetrievalMetrics.Quality(ranks);
            recalls[q] = (double)ranks.Count(rank => rank <= k) / k;
        });
        return (Share(qualities), Share(recalls));
    }

    /// <summary>The median time of a search, in milliseconds, for each of several settings.</summary>
    public Estimate[] Milliseconds(KnownQueries queries, int k, IReadOnlyList<TSettings> settings, Action<double> report)
    {
        var results = new Neighbor[k];
        double[,,] times = new double[settings.Count, queries.Count, Rounds];

        // What slows the machine down for a while hits one round of all settings, not all rounds of one.
        for (int round = 0; round < Rounds; round++)
        {
            for (int s = 0; s < settings.Count; s++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (int q = 0; q < queries.Count; q++)
                {
                    long start = Stopwatch.GetTimestamp();
                    search(queries.Vectors[q], results, settings[s]);
                    times[s, q, round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }

                report((double)((round * settings.Count) + s + 1) / (Rounds * settings.Count));
            }
        }

        var medians = new Estimate[settings.Count];
        for (int s = 0; s < medians.Length; s++)
        {
            double[] ofQueries = new double[queries.Count];
            for (int q = 0; q < ofQueries.Length; q++)
            {
                double first = times[s, q, 0], second = times[s, q, 1], third = times[s, q, 2];
                ofQueries[q] = Math.Max(Math.Min(first, second), Math.Min(Math.Max(first, second), third));
            }

            medians[s] = Estimate.OfMedian(ofQueries);
        }

        return medians;
    }

    /// <summary>Measures one setting: what was chosen, on queries that had no part in the choice.</summary>
    public SearchMeasurement<TSettings> Measure(KnownQueries queries, int k, TSettings settings)
    {
        (Estimate quality, Estimate recall) = Quality(queries, k, settings);
        return new SearchMeasurement<TSettings>(k, settings, quality, recall, Milliseconds(queries, k, [settings], _ => { })[0]);
    }

    private static Estimate Share(double[] values)
    {
        Estimate estimate = Estimate.OfMean(values);
        return new Estimate(Math.Clamp(estimate.Value, 0, 1), Math.Clamp(estimate.Lower, 0, 1), Math.Clamp(estimate.Upper, 0, 1));
    }
}
