namespace ArtSimilarity.Trainer;

/// <summary>One label's figures on the held-out pictures.</summary>
internal sealed record RunLabel(string Label, int Pictures, int Predicted, double Precision, double Recall, double F1);
