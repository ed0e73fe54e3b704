namespace ArtSimilarity.Evaluation;

/// <summary>
/// The figures of a classifier with confidence intervals, by the percentile bootstrap over groups. Groups are drawn as often as there are, with repetition, and
/// the figures computed anew (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 13 and 8.6).
/// </summary>
/// <remarks>
/// A group is what is not independent: pictures of one work, or works of one artist. The intervals say what other examples of the same kind would give. They say
/// nothing of another training.
/// </remarks>
public sealed class ClassificationEstimates
{
    private ClassificationEstimates(int groupCount, Estimate accuracy, Estimate balancedAccuracy, Estimate topKAccuracy)
    {
        GroupCount = groupCount;
        Accuracy = accuracy;
        BalancedAccuracy = balancedAccuracy;
        TopKAccuracy = topKAccuracy;
    }

    /// <summary>How many groups there are.</summary>
    public int GroupCount { get; }

    /// <summary>The share whose most probable label is the true one (<see cref="ClassificationReport.Accuracy"/>).</summary>
    public Estimate Accuracy { get; }

    /// <summary>The mean recall of the labels (<see cref="ClassificationReport.BalancedAccuracy"/>).</summary>
    public Estimate BalancedAccuracy { get; }

    /// <summary>The share whose true label is among the most probable ones (<see cref="ClassificationReport.TopKAccuracy"/>).</summary>
    public Estimate TopKAccuracy { get; }

    /// <summary>Computes the figures and draws their intervals of 95 %.</summary>
    /// <param name="labelCount">How many labels there are, at least 1.</param>
    /// <param name="truth">The index of each example's true label.</param>
    /// <param name="probabilities">The probability of each label for each example, row-major: examples × labels finite numbers.</param>
    /// <param name="groups">The group of each example; any numbers.</param>
    /// <param name="topK">As for <see cref="ClassificationEvaluator.Evaluate"/>.</param>
    /// <param name="samples">How often figures are drawn, at least 100.</param>
    /// <param name="seed">Another seed draws other samples.</param>
    /// <returns>The estimates. A label that a sample lacks does not count in its balanced accuracy.</returns>
    /// <exception cref="ArgumentException">There is no example, the lengths do not fit, a true label is none of the labels, or a probability is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Another number is out of its range.</exception>
    public static ClassificationEstimates Draw(
        int labelCount, ReadOnlySpan<int> truth, ReadOnlySpan<float> probabilities, ReadOnlySpan<int> groups, int topK = 3, int samples = 2000, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labelCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 100);
        if (truth.Length == 0 || groups.Length != truth.Length || probabilities.Length != (long)truth.Length * labelCount)
        {
            throw new ArgumentException($"{truth.Length} examples of {labelCount} labels have {probabilities.Length} probabilities and {groups.Length} groups.", nameof(truth));
        }

        Counts[] counts = Count(labelCount, truth, probabilities, groups, topK);
        double[] accuracy = new double[samples], balanced = new double[samples], top = new double[samples];
        var random = new Random(seed);
        var drawn = new Counts(labelCount);
        Array.ForEach(counts, drawn.Add);
        (double Accuracy, double BalancedAccuracy, double TopKAccuracy) all = drawn.Figures();
        for (int sample = 0; sample < samples; sample++)
        {
            drawn.Clear();
            for (int i = 0; i < counts.Length; i++)
            {
                drawn.Add(counts[random.Next(counts.Length)]);
            }

            (accuracy[sample], balanced[sample], top[sample]) = drawn.Figures();
        }

        return new ClassificationEstimates(counts.Length, Around(all.Accuracy, accuracy), Around(all.BalancedAccuracy, balanced), Around(all.TopKAccuracy, top));
    }

    private static Counts[] Count(int labelCount, ReadOnlySpan<int> truth, ReadOnlySpan<float> probabilities, ReadOnlySpan<int> groups, int topK)
    {
        Dictionary<int, Counts> counts = [];
        List<Counts> inOrder = []; // of the first example, so that the samples depend on nothing else
        for (int example = 0; example < truth.Length; example++)
        {
            if (truth[example] < 0 || truth[example] >= labelCount)
            {
                throw new ArgumentException($"Example {example} has the label {truth[example]}, but there are {labelCount} labels.", nameof(truth));
            }

            if (!counts.TryGetValue(groups[example], out Counts? group))
            {
                counts.Add(groups[example], group = new Counts(labelCount));
                inOrder.Add(group);
            }

            int rank = ClassificationEvaluator.Judge(probabilities.Slice(example * labelCount, labelCount), truth[example], example).Rank;
            group.Add(truth[example], rank == 0, rank < topK);
        }

        return [.. inOrder];
    }

    private static Estimate Around(double value, double[] figures)
    {
        Array.Sort(figures);
        return new Estimate(value, At(0.025), At(0.975));

        // Between the two order statistics next to the quantile, as R's default does.
        double At(double quantile)
        {
            double place = quantile * (figures.Length - 1);
            int below = (int)place, above = Math.Min(below + 1, figures.Length - 1);
            return figures[below] + ((place - below) * (figures[above] - figures[below]));
        }
    }

    /// <summary>What figures are made of: of each label how many examples there are and how many were told rightly, and how many of all are among the top.</summary>
    private sealed class Counts(int labelCount)
    {
        private readonly int[] _there = new int[labelCount], _right = new int[labelCount];
        private int _top;

        public void Clear()
        {
            Array.Clear(_there);
            Array.Clear(_right);
            _top = 0;
        }

        public void Add(int label, bool isRight, bool isAmongTop)
        {
            _there[label]++;
            _right[label] += isRight ? 1 : 0;
            _top += isAmongTop ? 1 : 0;
        }

        public void Add(Counts other)
        {
            for (int label = 0; label < _there.Length; label++)
            {
                _there[label] += other._there[label];
                _right[label] += other._right[label];
            }

            _top += other._top;
        }

        public (double Accuracy, double BalancedAccuracy, double TopKAccuracy) Figures()
        {
            int all = 0, right = 0, labels = 0;
            double recalls = 0;
            for (int label = 0; label < _there.Length; label++)
            {
                all += _there[label];
                right += _right[label];
                if (_there[label] > 0)
                {
                    labels++;
                    recalls += (double)_right[label] / _there[label];
                }
            }

            return ((double)right / all, recalls / labels, (double)_top / all);
        }
    }
}
