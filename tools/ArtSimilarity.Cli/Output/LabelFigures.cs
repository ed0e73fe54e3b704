namespace ArtSimilarity.Cli.Output;

/// <summary>How well one label was recognised.</summary>
internal sealed record LabelFigures(string Label, int Support, int Predicted, double Precision, double Recall, double F1);
