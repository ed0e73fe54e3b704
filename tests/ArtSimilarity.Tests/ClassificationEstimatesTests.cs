using ArtSimilarity.Evaluation;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class ClassificationEstimatesTests
{
    private const int Labels = 4;

    private static readonly Gen<(int[] Truth, float[] Probabilities)> Cases =
        from truth in Gen.Int[0, Labels - 1].Array[1, 60]
        from steps in Gen.Int[0, 4].Array[truth.Length * Labels]
        select (truth, steps.Select(step => step / 4f).ToArray());

    [Fact]
    public void The_figures_are_those_of_the_evaluator_and_lie_in_their_intervals() => Cases.Sample(
        sample =>
        {
            ClassificationReport report = ClassificationEvaluator.Evaluate(["a", "b", "c", "d"], sample.Truth, sample.Probabilities);
            ClassificationEstimates estimates = ClassificationEstimates.Draw(Labels, sample.Truth, sample.Probabilities, [.. Enumerable.Range(0, sample.Truth.Length)], samples: 100);
            Assert.Equal(report.Accuracy, estimates.Accuracy.Value, 12);
            Assert.Equal(report.BalancedAccuracy, estimates.BalancedAccuracy.Value, 12);
            Assert.Equal(report.TopKAccuracy, estimates.TopKAccuracy.Value, 12);
            Assert.Equal(sample.Truth.Length, estimates.GroupCount);
            Assert.InRange(estimates.Accuracy.Lower, 0, estimates.Accuracy.Upper);
            Assert.InRange(estimates.TopKAccuracy.Upper, estimates.TopKAccuracy.Lower, 1);
        },
        iter: 200);

    [Fact]
    public void The_interval_of_independent_examples_is_that_of_the_binomial_distribution()
    {
        // Of 400 examples 280 are right: the standard error is √(0.7 · 0.3 / 400).
        (int[] truth, float[] probabilities) = Sample(400, 280);
        ClassificationEstimates estimates = ClassificationEstimates.Draw(2, truth, probabilities, [.. Enumerable.Range(0, 400)], topK: 1);

        double half = 1.96 * Math.Sqrt(0.7 * 0.3 / 400);
        Assert.Equal(0.7, estimates.Accuracy.Value, 12);
        Assert.InRange(estimates.Accuracy.Lower, 0.7 - (1.1 * half), 0.7 - (0.9 * half));
        Assert.InRange(estimates.Accuracy.Upper, 0.7 + (0.9 * half), 0.7 + (1.1 * half));
        Assert.Equal(estimates.Accuracy, estimates.TopKAccuracy);
    }

    [Fact]
    public void Copies_of_an_example_in_its_group_tell_nothing_new()
    {
        (int[] truth, float[] probabilities) = Sample(100, 60);
        ClassificationEstimates once = ClassificationEstimates.Draw(2, truth, probabilities, [.. Enumerable.Range(0, 100)]);
        int[] five = [.. Enumerable.Range(0, 500).Select(i => truth[i / 5])], groups = [.. Enumerable.Range(0, 500).Select(i => -(i / 5))];
        ClassificationEstimates copied = ClassificationEstimates.Draw(2, five, [.. Enumerable.Range(0, 500).SelectMany(i => new[] { probabilities[i / 5 * 2], probabilities[(i / 5 * 2) + 1] })], groups);
        ClassificationEstimates apart = ClassificationEstimates.Draw(2, five, [.. Enumerable.Range(0, 500).SelectMany(i => new[] { probabilities[i / 5 * 2], probabilities[(i / 5 * 2) + 1] })], [.. Enumerable.Range(0, 500)]);

        Assert.Equal(100, copied.GroupCount);
        Assert.Equal(once.Accuracy, copied.Accuracy);
        Assert.Equal(once.BalancedAccuracy, copied.BalancedAccuracy);
        Assert.True(apart.Accuracy.Upper - apart.Accuracy.Lower < 0.7 * (copied.Accuracy.Upper - copied.Accuracy.Lower));
        Assert.Equal(once.Accuracy, ClassificationEstimates.Draw(2, truth, probabilities, [.. Enumerable.Range(0, 100)]).Accuracy); // the same seed draws the same
        Assert.NotEqual(once.Accuracy, ClassificationEstimates.Draw(2, truth, probabilities, [.. Enumerable.Range(0, 100)], seed: 2).Accuracy);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ClassificationEstimates.Draw(2, [], [], []));
        Assert.Throws<ArgumentException>(() => ClassificationEstimates.Draw(2, [0], [1], [0]));
        Assert.Throws<ArgumentException>(() => ClassificationEstimates.Draw(2, [0], [1, 0], []));
        Assert.Throws<ArgumentException>(() => ClassificationEstimates.Draw(2, [2], [1, 0], [0]));
        Assert.Throws<ArgumentException>(() => ClassificationEstimates.Draw(2, [0], [float.NaN, 0], [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassificationEstimates.Draw(0, [0], [], [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassificationEstimates.Draw(2, [0], [1, 0], [0], topK: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassificationEstimates.Draw(2, [0], [1, 0], [0], samples: 99));
    }

    /// <summary>Two labels in turns; the first so many examples are told rightly.</summary>
    private static (int[] Truth, float[] Probabilities) Sample(int count, int right)
    {
        int[] truth = [.. Enumerable.Range(0, count).Select(i => i % 2)];
        return (truth, [.. truth.SelectMany((label, i) => (i < right) == (label == 0) ? new[] { 0.9f, 0.1f } : [0.1f, 0.9f])]);
    }
}
