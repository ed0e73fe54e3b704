namespace ArtSimilarity.Cli.Output;

internal sealed record AnnoyImportDocument(string File, string Gallery, int Imported, int LeftOut, int NewWorks, string Model, int Dimensions, double Seconds);
