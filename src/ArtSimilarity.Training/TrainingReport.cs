using ArtSimilarity.Evaluation;

namespace ArtSimilarity.Training;

/// <summary>The outcome of a run.</summary>
public sealed class TrainingReport
{
    /// <summary>Creates a training report.</summary>
    /// <param name="heldOut">See <see cref="HeldOut"/>.</param>
    /// <param name="mirrorAveraged">See <see cref="MirrorAveraged"/>.</param>
    /// <param name="judged">See <see cref="Judged"/>.</param>
    /// <param name="probabilities">See <see cref="Probabilities"/>.</param>
    public TrainingReport(ClassificationReport? heldOut, ClassificationReport? mirrorAveraged, IReadOnlyList<int> judged, ReadOnlyMemory<float> probabilities)
    {
        ArgumentNullException.ThrowIfNull(judged);
        HeldOut = heldOut;
        MirrorAveraged = mirrorAveraged;
        Judged = judged;
        Probabilities = probabilities;
    }

    /// <summary>The first target's figures on the labelled held-out pictures, or <see langword="null"/> where there are none.</summary>
    public ClassificationReport? HeldOut { get; }

    /// <summary>The same with each picture's probabilities averaged with those of its mirror image.</summary>
    public ClassificationReport? MirrorAveraged { get; }

    /// <summary>Those pictures, by index; none where nothing is held out.</summary>
    public IReadOnlyList<int> Judged { get; }

    /// <summary>Their averaged probabilities, [pictures, labels], row by row.</summary>
    public ReadOnlyMemory<float> Probabilities { get; }
}
