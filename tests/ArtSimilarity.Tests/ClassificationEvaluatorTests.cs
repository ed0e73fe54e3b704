using ArtSimilarity.Evaluation;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Tests;

public class ClassificationEvaluatorTests
{
    private static readonly string[] Labels = ["cat", "dog", "owl", "yak"];

    private static readonly Gen<(int[] Truth, float[] Probabilities)> Cases =
        from truth in Gen.Int[0, Labels.Length - 1].Array[0, 40]
        from steps in Gen.Int[0, 4].Array[truth.Length * Labels.Length] // few values, so that many are equal
        select (truth, steps.Select(step => step / 4f).ToArray());

    /// <summary>
    /// Worked by hand. Predictions: cat cat dog | dog owl | owl; so cat 2 of 3, dog 1 of 2, owl 1 of 1, yak in neither.
    /// </summary>
    [Fact]
    public void A_worked_example()
    {
        int[] truth = [0, 0, 0, 1, 1, 2];
        float[] probabilities =
        [
            0.7f, 0.1f, 0.1f, 0.1f,
            0.4f, 0.3f, 0.2f, 0.1f,
            0.1f, 0.6f, 0.2f, 0.1f, // cat is tied with yak for the third place and has the lower index
            0.3f, 0.5f, 0.1f, 0.1f,
            0.3f, 0.1f, 0.4f, 0.2f, // dog comes last
            0.2f, 0.2f, 0.5f, 0.1f,
        ];
        ClassificationReport report = ClassificationEvaluator.Evaluate(Labels, truth, probabilities);
        Assert.Equal(6, report.Count);
        Assert.Equal(4 / 6.0, report.Accuracy, 12);
        Assert.Equal(3, report.TopK);
        Assert.Equal(5 / 6.0, report.TopKAccuracy, 12);
        Assert.Equal(((2 / 3.0) + (1 / 2.0) + 1) / 3, report.BalancedAccuracy, 12);
        Assert.Equal(
            [
                ("cat", 3, 2, 1.0, 2 / 3.0, 0.8),
                ("dog", 2, 2, 0.5, 0.5, 0.5),
                ("owl", 1, 2, 0.5, 1.0, 2 / 3.0),
                ("yak", 0, 0, 0.0, 0.0, 0.0),
            ],
            report.Labels.Select(FiguresOf));
        Assert.Equal((0.8 + 0.5 + (2 / 3.0)) / 3, report.MacroF1, 12); // without yak, which does not occur
        Assert.Equal(
            [[2, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]],
            Enumerable.Range(0, 4).Select(row => Enumerable.Range(0, 4).Select(column => report.Confusion[row, column]).ToArray()).ToArray());
    }

    [Fact]
    public void A_label_that_is_only_answered_counts_for_the_mean_F1_and_not_for_the_balanced_accuracy()
    {
        ClassificationReport report = ClassificationEvaluator.Evaluate(["a", "b"], [0, 0], [0.9f, 0.1f, 0.2f, 0.8f]);
        Assert.Equal(0.5, report.BalancedAccuracy, 12);
        Assert.Equal(2 / 3.0 / 2, report.MacroF1, 12);
        Assert.Equal(("b", 0, 1, 0.0, 0.0, 0.0), FiguresOf(report.Labels[1]));
    }

    [Fact]
    public void Of_equally_probable_labels_the_first_is_predicted()
    {
        float[] even = [0.25f, 0.25f, 0.25f, 0.25f];
        for (int truth = 0; truth < 4; truth++)
        {
            ClassificationReport report = ClassificationEvaluator.Evaluate(Labels, [truth], even, topK: 2);
            Assert.Equal(1, report.Confusion[truth, 0]);
            Assert.Equal(truth < 2 ? 1 : 0, report.TopKAccuracy);
        }
    }

    [Fact]
    public void Nothing_classified_is_all_zeros()
    {
        ClassificationReport report = ClassificationEvaluator.Evaluate(Labels, [], []);
        Assert.Equal((0, 0.0, 0.0, 0.0, 0.0), (report.Count, report.Accuracy, report.TopKAccuracy, report.BalancedAccuracy, report.MacroF1));
        Assert.Equal(4, report.Labels.Count);
    }

    [Fact]
    public void The_figures_hang_together() => Cases.Sample(given =>
    {
        ClassificationReport report = ClassificationEvaluator.Evaluate(Labels, given.Truth, given.Probabilities);
        int[] all = [.. Enumerable.Range(0, Labels.Length)];
        foreach (int label in all)
        {
            Assert.Equal(given.Truth.Count(truth => truth == label), report.Labels[label].Support);
            Assert.Equal(report.Labels[label].Support, all.Sum(predicted => report.Confusion[label, predicted]));
            Assert.Equal(report.Labels[label].Predicted, all.Sum(truth => report.Confusion[truth, label]));
            (double precision, double recall) = (report.Labels[label].Precision, report.Labels[label].Recall);
            Assert.Equal(precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall), report.Labels[label].F1, 12);
        }

        double[] recalls = [.. report.Labels.Where(label => label.Support > 0).Select(label => label.Recall)];
        Assert.Equal(recalls.DefaultIfEmpty().Average(), report.BalancedAccuracy, 12);
        Assert.Equal(given.Truth.Length * report.Accuracy, all.Sum(label => report.Confusion[label, label]), 9);
        Assert.InRange(report.TopKAccuracy, report.Accuracy, 1);
        Assert.Equal(report.Accuracy, ClassificationEvaluator.Evaluate(Labels, given.Truth, given.Probabilities, topK: 1).TopKAccuracy);
        Assert.Equal(given.Truth.Length == 0 ? 0 : 1, ClassificationEvaluator.Evaluate(Labels, given.Truth, given.Probabilities, topK: 4).TopKAccuracy);
    });

    [Fact]
    public void Labels_in_another_order_give_the_same_figures_in_that_order()
    {
        Gen<(int[] Truth, float[] Probabilities)> distinct =
            from truth in Gen.Int[0, Labels.Length - 1].Array[0, 40]
            from rows in Gen.Shuffle(new[] { 0.1f, 0.2f, 0.3f, 0.4f }).Array[truth.Length] // equal ones are told apart by their order
            select (truth, rows.SelectMany(row => row).ToArray());
        Gen.Select(distinct, Gen.Shuffle(new[] { 0, 1, 2, 3 })).Sample((given, order) =>
        {
            ClassificationReport report = ClassificationEvaluator.Evaluate(Labels, given.Truth, given.Probabilities);
            ClassificationReport permuted = ClassificationEvaluator.Evaluate(
                [.. order.Select(index => Labels[index])],
                [.. given.Truth.Select(label => Array.IndexOf(order, label))],
                [.. given.Probabilities.Chunk(4).SelectMany(row => order.Select(index => row[index]))]);
            Assert.Equal(order.Select(index => FiguresOf(report.Labels[index])), permuted.Labels.Select(FiguresOf));
            Assert.Equal(
                (report.Accuracy, report.TopKAccuracy, Math.Round(report.BalancedAccuracy, 12), Math.Round(report.MacroF1, 12)),
                (permuted.Accuracy, permuted.TopKAccuracy, Math.Round(permuted.BalancedAccuracy, 12), Math.Round(permuted.MacroF1, 12)));
            for (int row = 0; row < 4; row++)
            {
                for (int column = 0; column < 4; column++)
                {
                    Assert.Equal(report.Confusion[order[row], order[column]], permuted.Confusion[row, column]);
                }
            }
        });
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_the_place_of_the_fault()
    {
        Assert.Contains("at least one", Refused([], [], []), StringComparison.Ordinal);
        Assert.Contains("'a' is there twice", Refused(["a", "a"], [], []), StringComparison.Ordinal);
        Assert.Contains("2 examples of 2 labels have 4 probabilities, not 3", Refused(["a", "b"], [0, 1], [1, 2, 3]), StringComparison.Ordinal);
        Assert.Contains("Example 1 has the label 2", Refused(["a", "b"], [0, 2], [1, 2, 3, 4]), StringComparison.Ordinal);
        Assert.Contains("Example 0 has the label -1", Refused(["a", "b"], [-1], [1, 2]), StringComparison.Ordinal);
        Assert.Contains("label 1 is NaN for example 1", Refused(["a", "b"], [0, 1], [1, 2, 3, float.NaN]), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassificationEvaluator.Evaluate(["a"], [], [], topK: 0));
    }

    [Fact]
    public void A_matrix_refuses_counts_that_cannot_be()
    {
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix(["a", "b"], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix(["a"], [-1]));
        var matrix = new ConfusionMatrix(["a", "b"], [1, 2, 3, 4]);
        Assert.Equal((3, 7, 4, 6), (matrix.Support(0), matrix.Support(1), matrix.Predicted(0), matrix.Predicted(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[0, 2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Support(-1));
    }

    private static string Refused(string[] labels, int[] truth, float[] probabilities) =>
        Assert.Throws<ArgumentException>(() => ClassificationEvaluator.Evaluate(labels, truth, probabilities)).Message;

    private static (string Label, int Support, int Predicted, double Precision, double Recall, double F1) FiguresOf(LabelClassification label) =>
        (label.Label, label.Support, label.Predicted, label.Precision, label.Recall, label.F1);
}
