namespace ArtSimilarity.Cli.Output;

internal sealed record DifferenceDocument(string File, string First, string Second, double Agreement, DifferenceDocument.Frame Region)
{
    /// <summary>Where the first picture lies in the second, in fractions of its sides.</summary>
    public sealed record Frame(double X, double Y, double Width, double Height);
}
