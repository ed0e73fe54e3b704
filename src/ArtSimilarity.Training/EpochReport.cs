namespace ArtSimilarity.Training;

/// <summary>One epoch of a run.</summary>
public sealed class EpochReport
{
    /// <summary>The phase, from 1.</summary>
    public required int Phase { get; init; }

    /// <summary>The epoch within the phase, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The mean loss over the epoch's pictures.</summary>
    public required double Loss { get; init; }

    /// <summary>
    /// The part of <see cref="Loss"/> that tells single works apart (<see cref="TrainingPhase.InstanceWeight"/>), its mean before it is
    /// weighted; <see langword="null"/> where the phase has none.
    /// </summary>
    public double? InstanceLoss { get; init; }

    /// <summary>The learning rate at its end.</summary>
    public required double LearningRate { get; init; }

    /// <summary>What the held-out pictures gave, or <see langword="null"/> where they were not measured.</summary>
    public required HeldOutFigures? HeldOut { get; init; }

    /// <summary>How well the signature <c>work</c> finds held-out pictures again; <see langword="null"/> where there is none, or they were not measured.</summary>
    public WorkFigures? Work { get; init; }

    /// <summary>How long it took, the measuring included.</summary>
    public required double Seconds { get; init; }
}
