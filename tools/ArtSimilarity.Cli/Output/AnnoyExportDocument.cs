namespace ArtSimilarity.Cli.Output;

internal sealed record AnnoyExportDocument(string File, string Keys, int Items, int Dimensions, int Trees, string Model, long Bytes, double Seconds);
