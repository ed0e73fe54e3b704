using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Training;

/// <summary>The outcome of a run.</summary>
/// <param name="HeldOut">The first target's figures on the labelled held-out pictures, or <see langword="null"/> where there are none.</param>
/// <param name="MirrorAveraged">The same with each picture's probabilities averaged with those of its mirror image.</param>
/// <param name="Judged">Those pictures, by index; none where nothing is held out.</param>
/// <param name="Probabilities">Their averaged probabilities, [pictures, labels], row by row.</param>
public sealed record TrainingReport(ClassificationReport? HeldOut, ClassificationReport? MirrorAveraged, IReadOnlyList<int> Judged, ReadOnlyMemory<float> Probabilities);
