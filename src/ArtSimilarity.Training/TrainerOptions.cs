using ArtSimilarity.Onnx;

namespace ArtSimilarity.Training;

/// <summary>What a training run needs beside its recipe.</summary>
public sealed class TrainerOptions
{
    /// <summary>The folder for checkpoints and cached features; created when needed.</summary>
    public required string Folder { get; set; }

    /// <summary>How pixels become the network's input; its size is that at which pictures are measured. The default is <see cref="ImagePreprocessing.ImageNet"/>.</summary>
    public ImagePreprocessing Preprocessing { get; set; } = ImagePreprocessing.ImageNet;

    /// <summary>Decides everything that is drawn. The default is 1.</summary>
    public long Seed { get; set; } = 1;

    /// <summary>Whether the state is written after every epoch, so that a run that was killed goes on there. The default is <see langword="true"/>.</summary>
    public bool Checkpoints { get; set; } = true;

    /// <summary>Held-out pictures are measured after every so many epochs, and after the last. The default is 1.</summary>
    public int EvaluateEvery { get; set; } = 1;

    /// <summary>
    /// A teacher's probabilities of the first target for each picture of the set, [pictures, labels], row by row; used where a phase has a
    /// <see cref="TrainingPhase.TeacherShare"/>, and only of pictures that are learned from. The default is <see langword="null"/>.
    /// </summary>
    public float[]? TeacherProbabilities { get; set; }

    /// <summary>Told after every step; <see langword="null"/> for nobody.</summary>
    public IProgress<TrainingProgress>? Progress { get; set; }

    /// <summary>Called after every epoch; <see langword="null"/> for nobody.</summary>
    public Action<EpochReport>? EpochCompleted { get; set; }
}
