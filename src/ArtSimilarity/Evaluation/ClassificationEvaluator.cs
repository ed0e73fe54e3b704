namespace ArtSimilarity.Evaluation;

/// <summary>Measures a classifier on examples whose label is known.</summary>
public static class ClassificationEvaluator
{
    /// <summary>Compares the probabilities a classifier gave with the truth.</summary>
    /// <param name="labels">The labels, in the order of the probabilities: at least one, none twice.</param>
    /// <param name="truth">The index of each example's true label.</param>
    /// <param name="probabilities">The probability of each label for each example, row-major: examples × labels finite numbers. They need not sum to 1; only their order counts.</param>
    /// <param name="topK">How many of the most probable labels <see cref="ClassificationReport.TopKAccuracy"/> looks at, at least 1; with as many as there are labels, it is 1.</param>
    /// <returns>The figures. Of equally probable labels, the one of the lowest index comes first.</returns>
    /// <exception cref="ArgumentException">
    /// There is no label, or one twice, the lengths do not fit, a true label is none of the labels, or a probability is not finite.
    /// </exception>
    public static ClassificationReport Evaluate(IReadOnlyList<string> labels, ReadOnlySpan<int> truth, ReadOnlySpan<float> probabilities, int topK = 3)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        ConfusionMatrix.ThrowUnlessLabels(labels, nameof(labels));
        int width = labels.Count;
        if (probabilities.Length != (long)truth.Length * width)
        {
            throw new ArgumentException(
                $"{truth.Length} examples of {width} labels have {(long)truth.Length * width} probabilities, not {probabilities.Length}.", nameof(probabilities));
        }

        int[] counts = new int[checked(width * width)];
        int right = 0, amongTop = 0;
        for (int example = 0; example < truth.Length; example++)
        {
            int label = truth[example];
            if (label < 0 || label >= width)
            {
                throw new ArgumentException($"Example {example} has the label {label}, but there are {width} labels.", nameof(truth));
            }

            (int predicted, int rank) = Judge(probabilities.Slice(example * width, width), label, example);
            counts[(label * width) + predicted]++;
            right += predicted == label ? 1 : 0;
            amongTop += rank < topK ? 1 : 0;
        }

        var confusion = new ConfusionMatrix(labels, counts);
        LabelClassification[] figures = [.. labels.Select((label, index) => Figures(confusion, label, index))];
        return new ClassificationReport
        {
            Count = truth.Length,
            Accuracy = Share(right, truth.Length),
            TopK = topK,
            TopKAccuracy = Share(amongTop, truth.Length),
            BalancedAccuracy = Mean(figures.Where(figure => figure.Support > 0).Select(figure => figure.Recall)),
            MacroF1 = Mean(figures.Where(figure => figure.Support > 0 || figure.Predicted > 0).Select(figure => figure.F1)),
            Labels = figures,
            Confusion = confusion,
        };
    }

    /// <summary>Finds the most probable label, and how many labels come before the true one.</summary>
    internal static (int Predicted, int Rank) Judge(ReadOnlySpan<float> probabilities, int truth, int example)
    {
        int predicted = 0, rank = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (!float.IsFinite(probabilities[i]))
            {
                throw new ArgumentException($"The probability of label {i} is {probabilities[i]} for example {example}.", nameof(probabilities));
            }

            predicted = probabilities[i] > probabilities[predicted] ? i : predicted;
            rank += probabilities[i] > probabilities[truth] || (probabilities[i] == probabilities[truth] && i < truth) ? 1 : 0;
        }

        return (predicted, rank);
    }

    private static LabelClassification Figures(ConfusionMatrix confusion, string label, int index)
    {
        int support = confusion.Support(index), predicted = confusion.Predicted(index), right = confusion[index, index];

        return new LabelClassification
        {
            Label = label,
            Support = support,
            Predicted = predicted,
            Precision = Share(right, predicted),
            Recall = Share(right, support),
            F1 = Share(2 * right, support + predicted), // 2·P·R / (P + R), without dividing by zero on the way
        };
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private static double Mean(IEnumerable<double> values) => values.DefaultIfEmpty().Average();
}
