using System.Text.Json;

namespace ArtSimilarity.Benchmarks.Ann;

/// <summary>What a program measured of one setting: the line it prints.</summary>
/// <param name="Recall">The share of the true k nearest found, on average.</param>
/// <param name="MedianMs">The median over the queries of the median over the rounds.</param>
/// <param name="MeanMs">The mean over the queries of the median over the rounds.</param>
internal sealed record Measurement(string Tool, string Params, int K, double Recall, double MedianMs, double MeanMs, int Rounds, long PeakRssKb);

/// <summary>What a program measured of a build: the line it prints.</summary>
/// <param name="BuildS">From reading the first vector to an index that could be searched.</param>
/// <param name="SaveS">Writing it to a file; 0 where that is part of building.</param>
/// <param name="PeakRssKb">Of the whole process.</param>
internal sealed record BuildFigures(string Tool, string Params, int Threads, double BuildS, double SaveS, long FileBytes, long PeakRssKb)
{
    public double TotalS => BuildS + SaveS;

    public static BuildFigures Parse(string line) => JsonSerializer.Deserialize<BuildFigures>(line, Figures.Json)!;
}

internal static class Figures
{
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The measurements that no other beats both in recall and in time, by ascending recall.</summary>
    public static List<Measurement> Front(IEnumerable<Measurement> measurements)
    {
        List<Measurement> front = [];
        foreach (Measurement measurement in measurements.OrderByDescending(m => m.Recall).ThenBy(m => m.MedianMs))
        {
            if (front.Count == 0 || measurement.MedianMs < front[^1].MedianMs)
            {
                front.Add(measurement);
            }
        }

        front.Reverse();
        return front;
    }

    /// <summary>The fastest of those that reach a recall.</summary>
    public static Measurement? Cheapest(IEnumerable<Measurement> measurements, double recall) =>
        measurements.Where(m => m.Recall >= recall).MinBy(m => m.MedianMs);
}
