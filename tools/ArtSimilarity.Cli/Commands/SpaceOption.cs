using System.Globalization;
using ArtSimilarity.CommandLine;

namespace ArtSimilarity.Cli.Commands;

/// <summary>What one <c>--space NAME=WEIGHT</c> says.</summary>
/// <param name="Name">The name of a feature space of the gallery.</param>
/// <param name="Weight">How much it counts beside the others.</param>
internal sealed record SpaceOption(string Name, double Weight)
{
    /// <exception cref="UsageException">A text is not NAME=WEIGHT, a name is given twice, or nothing counts.</exception>
    public static IReadOnlyList<SpaceOption> Parse(IReadOnlyList<string> texts)
    {
        SpaceOption[] spaces = [.. texts.Select(Parse)];
        if (spaces.GroupBy(space => space.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UsageException($"--space {twice.Key} is given twice.");
        }

        return spaces.Length > 0 && spaces.All(space => space.Weight == 0)
            ? throw new UsageException("--space: all weights are 0, and nothing would count.")
            : spaces;
    }

    private static SpaceOption Parse(string text)
    {
        int equals = text.LastIndexOf('='); // a path may have more of them
        return equals > 0
            && double.TryParse(text.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) && weight >= 0 && double.IsFinite(weight)
                ? new SpaceOption(text[..equals].Trim(), weight)
                : throw new UsageException($"--space {text}: expected NAME=WEIGHT with a weight of 0 or above, e.g. classical=0.4.");
    }
}
