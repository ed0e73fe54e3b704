using ArtSimilarity.Training.Data;

namespace ArtSimilarity.Training;

/// <summary>
/// Views of a painting that differ from it as much as what somebody searches with: a photograph in a room, a detail, another reproduction. They are for the
/// loss that tells single works apart (<see cref="TrainingPhase.InstanceWeight"/>).
/// </summary>
public sealed record HeavyViews
{
    /// <summary>How often a view is a photograph of the painting on a wall, as a weight beside those of the other kinds, at least 0. The default is 0.35.</summary>
    public double Photograph { get; init; } = 0.35;

    /// <summary>How often it is a detail, a weight as well. The default is 0.25.</summary>
    public double Detail { get; init; } = 0.25;

    /// <summary>How often it is without colours, a weight as well. The default is 0.1.</summary>
    public double Grey { get; init; } = 0.1;

    /// <summary>How often it is faded as an old print is, a weight as well. The default is 0.1.</summary>
    public double Faded { get; init; } = 0.1;

    /// <summary>How often it is mirrored, a weight as well. The default is 0.05.</summary>
    public double Mirrored { get; init; } = 0.05;

    /// <summary>How often it is another digitisation: other colours, other edges, other compression. A weight as well. The default is 0.15.</summary>
    public double Digitisation { get; init; } = 0.15;

    /// <summary>The smallest share of the painting's area that a detail shows, from 0.02 to 1. The default is 1/9.</summary>
    public double SmallestDetail { get; init; } = 1.0 / 9;

    /// <summary>The largest share of the painting's area that a detail shows, from <see cref="SmallestDetail"/> to 1. The default is 0.4.</summary>
    public double LargestDetail { get; init; } = 0.4;

    /// <summary>The smallest share of a photograph's side that the painting's longer side takes, from 0.1 to 1. The default is 0.35.</summary>
    public double SmallestFill { get; init; } = 0.35;

    /// <summary>How strong perspective, light and sensor noise of photographs are, from 0 to 1. The default is 1.</summary>
    public double Strength { get; init; } = 1;

    /// <summary>Whether these views count for the labels, too. The default is <see langword="false"/>: a quarter of a landscape need not show one.</summary>
    public bool CountForLabels { get; init; }

    internal double[] Shares => [Photograph, Detail, Grey, Faded, Mirrored, Digitisation];

    /// <summary>The kind of a view.</summary>
    /// <param name="place">Evenly drawn from 0 to below 1.</param>
    internal ViewKind Choose(double place)
    {
        double[] shares = Shares;
        double left = place * shares.Sum();
        for (int kind = 0; kind < shares.Length; kind++)
        {
            left -= shares[kind];
            if (left < 0)
            {
                return (ViewKind)kind;
            }
        }

        return (ViewKind)Array.FindLastIndex(shares, share => share > 0); // rounding
    }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal void Validate()
    {
        foreach ((double share, ViewKind kind) in Shares.Zip(Enum.GetValues<ViewKind>()))
        {
            Check(share >= 0 && double.IsFinite(share), kind.ToString(), share, "at least 0");
        }

        Check(Shares.Sum() > 0, nameof(Photograph), Photograph, "above 0 where all other kinds are 0");
        Check(SmallestDetail is >= 0.02 and <= 1, nameof(SmallestDetail), SmallestDetail, "from 0.02 to 1");
        Check(LargestDetail >= SmallestDetail && LargestDetail <= 1, nameof(LargestDetail), LargestDetail, "from SmallestDetail to 1");
        Check(SmallestFill is >= 0.1 and <= 1, nameof(SmallestFill), SmallestFill, "from 0.1 to 1");
        Check(Strength is >= 0 and <= 1, nameof(Strength), Strength, "from 0 to 1");

        static void Check(bool holds, string name, double value, string range)
        {
            if (!holds)
            {
                throw new ArgumentOutOfRangeException(name, value, $"HeavyViews.{name} must be {range}.");
            }
        }
    }
}
