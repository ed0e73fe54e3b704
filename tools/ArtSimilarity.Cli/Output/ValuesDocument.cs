namespace ArtSimilarity.Cli.Output;

internal sealed record ValuesDocument(string Field, int Works, int Without, IReadOnlyList<ValuesDocument.ValueCount> Values)
{
    public sealed record ValueCount(string Value, int Works);
}
