namespace ArtSimilarity.Evaluation;

/// <summary>How well one label was recognised. The shares are between 0 and 1; 1 is best.</summary>
/// <param name="Label">The label.</param>
/// <param name="Support">How many have this label.</param>
/// <param name="Predicted">For how many it was predicted.</param>
/// <param name="Precision">Of those it was predicted for, the share that have it; 0 where it was never predicted.</param>
/// <param name="Recall">Of those that have it, the share it was predicted for; 0 where none has it.</param>
/// <param name="F1">The harmonic mean of precision and recall; 0 where both are 0.</param>
public sealed record LabelClassification(string Label, int Support, int Predicted, double Precision, double Recall, double F1);
