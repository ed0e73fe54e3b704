namespace ArtSimilarity.Training;

/// <summary>The loss became infinite or no number: the learning rate is too high for this network.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TrainingDivergedException()
        : this("The training diverged.")
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">The message.</param>
    public TrainingDivergedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public TrainingDivergedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal TrainingDivergedException(int phase, int epoch, int step, double learningRate)
        : this(FormattableString.Invariant($"The loss is no finite number any more (phase {phase}, epoch {epoch}, step {step}, learning rate {learningRate:g3}): lower the learning rate."))
    {
    }
}
