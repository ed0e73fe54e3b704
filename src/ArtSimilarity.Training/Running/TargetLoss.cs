using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Running;

/// <summary>Cross-entropy against smoothed, mixed and distilled targets, summed over the label columns; pictures without a label in a column do not count there.</summary>
internal sealed class TargetLoss
{
    private readonly IReadOnlyList<LabelTarget> _targets;
    private readonly int[][] _labels;
    private readonly TrainingPhase _phase;
    private readonly float[]? _teacher;
    private readonly float[] _adjustment;
    private readonly float[] _adjusted;

    public TargetLoss(IReadOnlyList<LabelTarget> targets, int[][] labels, IReadOnlyList<double> prior, TrainingPhase phase, float[]? teacher)
    {
        _targets = targets;
        _labels = labels;
        _phase = phase;
        _teacher = phase.TeacherShare > 0 ? teacher : null;
        _adjustment = [.. prior.Select(share => (float)(phase.PriorAdjustment * Math.Log(Math.Max(share, 1e-6))))];

        // Smoothing spreads towards what is uniform once the adjustment is taken out again; else it would favour rare classes.
        // So with a teacher: what he says is meant for the scores without it.
        double[] adjusted = [.. prior.Select(share => Math.Pow(Math.Max(share, 1e-6), phase.PriorAdjustment))];
        _adjusted = [.. adjusted.Select(share => (float)(share / adjusted.Sum()))];
    }

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="logits">The scores of every target.</param>
    /// <param name="batch">The pictures.</param>
    /// <param name="mixing">How they were mixed.</param>
    public Tensor Compute(Tensor[] logits, int[] batch, Mixing? mixing)
    {
        Tensor total = zeros(1);
        for (int i = 0; i < logits.Length; i++)
        {
            float[] wanted = Wanted(i, batch, mixing, out float known);
            if (known == 0)
            {
                continue;
            }

            Tensor scores = i == 0 && _phase.PriorAdjustment > 0 ? logits[i].Plus(tensor(_adjustment)) : logits[i];
            Tensor target = tensor(wanted, [batch.Length, _targets[i].Labels.Count]);
            using Scalar weight = _targets[i].Weight / known; // held, see AdamW
            total = total.Minus((target * scores.log_softmax(1)).sum().mul(weight));
        }

        return total.sum();
    }

    /// <summary>The distribution wanted of each picture; zeros where nothing is known, which count for nothing.</summary>
    private float[] Wanted(int target, int[] batch, Mixing? mixing, out float known)
    {
        int classes = _targets[target].Labels.Count;
        float[] wanted = new float[batch.Length * classes];
        known = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            float share = mixing?.Shares[i] ?? 1;
            Span<float> row = wanted.AsSpan(i * classes, classes);
            known += Add(batch[i], share, row);
            if (mixing is not null)
            {
                known += Add(batch[(int)mixing.Partners[i]], 1 - share, row);
            }
        }

        return wanted;

        float Add(int image, float share, Span<float> row)
        {
            int label = _labels[target][image];
            if (label < 0)
            {
                return 0;
            }

            float taught = target == 0 && _teacher is not null ? (float)_phase.TeacherShare : 0;
            ReadOnlySpan<float> lesson = taught == 0 ? default : _teacher.AsSpan(image * classes, classes);
            float scale = taught == 0 ? 0 : taught / System.Numerics.Tensors.TensorPrimitives.Dot(lesson, _adjusted);
            for (int c = 0; c < classes; c++)
            {
                float spread = (float)_phase.LabelSmoothing * (target == 0 ? _adjusted[c] : 1f / classes);
                float own = spread + (c == label ? 1 - (float)_phase.LabelSmoothing : 0);
                row[c] += share * (taught == 0 ? own : ((1 - taught) * own) + (scale * lesson[c] * _adjusted[c]));
            }

            return share;
        }
    }
}
