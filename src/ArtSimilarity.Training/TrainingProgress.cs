namespace ArtSimilarity.Training;

/// <summary>How far a run has come.</summary>
/// <param name="Activity">What is going on: <c>features</c> or <c>training</c>.</param>
/// <param name="Phase">The phase, from 1.</param>
/// <param name="Epoch">The epoch within the phase, from 1.</param>
/// <param name="Done">How many pictures are done: of the epoch, or of the features.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Loss">The mean loss of the epoch so far.</param>
/// <param name="LearningRate">The learning rate of the new layers.</param>
/// <param name="ImagesPerSecond">Pictures a second since the epoch began.</param>
/// <param name="Remaining">The time left for this phase, at this rate.</param>
public readonly record struct TrainingProgress(
    string Activity, int Phase, int Epoch, int Done, int Total, double Loss, double LearningRate, double ImagesPerSecond, TimeSpan Remaining);
