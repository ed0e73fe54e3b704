namespace ArtSimilarity.Training;

/// <summary>How well the first target is told apart on held-out pictures, each share from 0 to 1.</summary>
/// <param name="Accuracy">The share of pictures whose label has the highest probability.</param>
/// <param name="BalancedAccuracy">The mean over the labels of the share of their pictures found.</param>
/// <param name="Top3">The share of pictures whose label is among the three highest probabilities.</param>
public sealed record HeldOutFigures(double Accuracy, double BalancedAccuracy, double Top3)
{
    internal static HeldOutFigures Measure(IReadOnlyList<int> truth, float[] probabilities, int labels)
    {
        int[] found = new int[labels], sizes = new int[labels];
        int top3 = 0, known = 0;
        for (int i = 0; i < truth.Count; i++)
        {
            int label = truth[i];
            if (label < 0)
            {
                continue;
            }

            ReadOnlySpan<float> row = probabilities.AsSpan(i * labels, labels);
            int better = 0;
            for (int other = 0; other < labels; other++)
            {
                better += row[other] > row[label] || (row[other] == row[label] && other < label) ? 1 : 0;
            }

            known++;
            sizes[label]++;
            found[label] += better == 0 ? 1 : 0;
            top3 += better < 3 ? 1 : 0;
        }

        double[] recalls = [.. Enumerable.Range(0, labels).Where(label => sizes[label] > 0).Select(label => (double)found[label] / sizes[label])];
        return new HeldOutFigures((double)found.Sum() / Math.Max(1, known), recalls.DefaultIfEmpty(0).Average(), (double)top3 / Math.Max(1, known));
    }
}
