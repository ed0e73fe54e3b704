namespace ArtSimilarity.Cli.Output;

internal sealed record ValuesDocument(string Field, int Works, int Without, IReadOnlyList<ValueCount> Values);
