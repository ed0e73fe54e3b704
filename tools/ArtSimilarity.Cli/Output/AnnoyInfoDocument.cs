namespace ArtSimilarity.Cli.Output;

internal sealed record AnnoyInfoDocument(string File, int Dimensions, string Metric, int Items, int LeftOut, int Trees, int Nodes, long Bytes);
