namespace ArtSimilarity.Cli.Output;

internal sealed record ValueCount(string Value, int Works);
