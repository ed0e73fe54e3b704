namespace ArtSimilarity.Guesses;

/// <summary>How often guesses of about one confidence were right.</summary>
/// <param name="Lower">The least confidence of the bin.</param>
/// <param name="Upper">The confidence below which the bin ends; that of the last bin is part of it.</param>
/// <param name="Count">How many guesses for works held out fell into it.</param>
/// <param name="MeanConfidence">Their mean confidence; 0 where there is none.</param>
/// <param name="Accuracy">The share of them that was right; 0 where there is none.</param>
public readonly record struct ReliabilityBin(double Lower, double Upper, int Count, double MeanConfidence, double Accuracy);
