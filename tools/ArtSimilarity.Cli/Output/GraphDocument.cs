namespace ArtSimilarity.Cli.Output;

internal sealed record GraphDocument(string File, int Works, long Edges, long MutualEdges, double Seconds);
