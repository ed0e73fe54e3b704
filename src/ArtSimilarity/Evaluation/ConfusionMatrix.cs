namespace ArtSimilarity.Evaluation;

/// <summary>How often each label was predicted for each true label: rows are the truth, columns the predictions.</summary>
/// <remarks>Does not change once created, so it may be read from several threads.</remarks>
public sealed class ConfusionMatrix
{
    private readonly int[] _counts;

    /// <summary>Creates a matrix.</summary>
    /// <param name="labels">The labels, in the order of rows and columns: at least one, none twice.</param>
    /// <param name="counts">How often: labels × labels numbers, row after row, none negative. Copied.</param>
    /// <exception cref="ArgumentException">There is no label, or one twice, or <paramref name="counts"/> has another length or a negative number.</exception>
    public ConfusionMatrix(IReadOnlyList<string> labels, ReadOnlySpan<int> counts)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ThrowUnlessLabels(labels, nameof(labels));
        if (counts.Length != (long)labels.Count * labels.Count)
        {
            throw new ArgumentException($"{labels.Count} labels make {(long)labels.Count * labels.Count} counts, not {counts.Length}.", nameof(counts));
        }

        foreach (int count in counts)
        {
            if (count < 0)
            {
                throw new ArgumentException($"{count} is no count.", nameof(counts));
            }
        }

        Labels = [.. labels];
        _counts = counts.ToArray();
    }

    /// <summary>The labels, in the order of rows and columns.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>How often a label was predicted where another, or the same, is the truth.</summary>
    /// <param name="truth">The index of the true label.</param>
    /// <param name="predicted">The index of the label predicted.</param>
    /// <returns>The count.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no label of that index.</exception>
    public int this[int truth, int predicted]
    {
        get
        {
            ThrowUnlessIndex(truth, nameof(truth));
            ThrowUnlessIndex(predicted, nameof(predicted));
            return _counts[(truth * Labels.Count) + predicted];
        }
    }

    /// <summary>How many have a label.</summary>
    /// <param name="truth">The index of the label.</param>
    /// <returns>The sum of the label's row.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no label of that index.</exception>
    public int Support(int truth)
    {
        ThrowUnlessIndex(truth, nameof(truth));
        return Sum(truth * Labels.Count, 1);
    }

    /// <summary>For how many a label was predicted.</summary>
    /// <param name="predicted">The index of the label.</param>
    /// <returns>The sum of the label's column.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no label of that index.</exception>
    public int Predicted(int predicted)
    {
        ThrowUnlessIndex(predicted, nameof(predicted));
        return Sum(predicted, Labels.Count);
    }

    /// <summary>Refuses what cannot be the labels of a classifier.</summary>
    internal static void ThrowUnlessLabels(IReadOnlyList<string> labels, string name)
    {
        if (labels.Count == 0)
        {
            throw new ArgumentException("There must be at least one label.", name);
        }

        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (string label in labels)
        {
            if (label is null || !known.Add(label))
            {
                throw new ArgumentException(label is null ? "A label is null." : $"The label '{label}' is there twice.", name);
            }
        }
    }

    private int Sum(int start, int step)
    {
        int sum = 0;
        for (int i = 0; i < Labels.Count; i++)
        {
            sum += _counts[start + (i * step)];
        }

        return sum;
    }

    private void ThrowUnlessIndex(int index, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Labels.Count, name);
    }
}
