namespace ArtSimilarity.Training;

/// <summary>One epoch of a run.</summary>
/// <param name="Phase">The phase, from 1.</param>
/// <param name="Epoch">The epoch within the phase, from 1.</param>
/// <param name="Loss">The mean loss over the epoch's pictures.</param>
/// <param name="LearningRate">The learning rate at its end.</param>
/// <param name="HeldOut">What the held-out pictures gave, or <see langword="null"/> where they were not measured.</param>
/// <param name="Seconds">How long it took, the measuring included.</param>
public sealed record EpochReport(int Phase, int Epoch, double Loss, double LearningRate, HeldOutFigures? HeldOut, double Seconds);
