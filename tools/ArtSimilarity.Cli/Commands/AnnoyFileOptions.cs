using System.CommandLine;
using ArtSimilarity.Annoy;
using ArtSimilarity.FastScan;
using ArtSimilarity.Cli.CommandLine;

namespace ArtSimilarity.Cli.Commands;

/// <summary>What the commands that read a file of Annoy must be told of it.</summary>
internal static class AnnoyFileOptions
{
    // More do not fit into a node, whose size is a 32-bit number.
    private const int MostDimensions = 1 << 28;

    private static readonly Dictionary<string, AnnoyMetric> Metrics = new(StringComparer.Ordinal)
    {
        ["angular"] = AnnoyMetric.Angular,
        ["euclidean"] = AnnoyMetric.Euclidean,
        ["manhattan"] = AnnoyMetric.Manhattan,
        ["dot"] = AnnoyMetric.DotProduct,
        ["hamming"] = AnnoyMetric.Hamming,
    };

    public static Argument<string> File() => new("file") { Description = "The .ann file." };

    public static Option<int> Dimensions()
    {
        Option<int> option = CommonOptions.Between("--dimensions", "The length of its vectors, which the file itself does not tell.", "F", MostDimensions);
        option.Required = true;
        return option;
    }

    public static Option<string> Metric()
    {
        var option = new Option<string>("--metric")
        {
            Description = "The metric it was built with, which the file itself does not tell. hamming counts dimensions in bits; dot prints inner products, the largest first.",
            DefaultValueFactory = _ => "angular",
        };
        option.AcceptOnlyFromAmong([.. Metrics.Keys]);
        return option;
    }

    public static AnnoyMetric Parse(string metric) => Metrics[metric];
}
