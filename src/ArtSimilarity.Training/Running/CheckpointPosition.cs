namespace ArtSimilarity.Training.Running;

/// <summary>Where a run stands.</summary>
/// <param name="Phase">The phase that the last finished epoch belongs to, from 0.</param>
/// <param name="Epoch">How many epochs of it are finished.</param>
/// <param name="Steps">The optimiser's steps in this phase.</param>
internal readonly record struct CheckpointPosition(int Phase, int Epoch, int Steps);
