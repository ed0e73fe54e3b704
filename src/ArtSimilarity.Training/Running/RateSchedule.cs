namespace ArtSimilarity.Training.Running;

/// <summary>The learning rate step by step: a straight rise, then half a cosine down to 0 (Loshchilov and Hutter 2017), or constant.</summary>
internal sealed class RateSchedule(TrainingPhase phase, int steps)
{
    public double At(int step)
    {
        int rise = (int)(phase.WarmUp * steps);
        if (step < rise)
        {
            return phase.LearningRate * (step + 1) / rise;
        }

        return phase.ConstantRate ? phase.LearningRate : phase.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, (step - rise) / (double)Math.Max(1, steps - rise))));
    }
}
