using ArtSimilarity.Evaluation;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Tests;

public class RetrievalMetricsTests
{
    [Fact]
    public void Precision_at_k_of_a_worked_example()
    {
        bool[] relevant = [true, false, true, true, false];
        Assert.Equal(1, RetrievalMetrics.PrecisionAtK(relevant, 1));
        Assert.Equal(0.5, RetrievalMetrics.PrecisionAtK(relevant, 2));
        Assert.Equal(0.75, RetrievalMetrics.PrecisionAtK(relevant, 4));
        Assert.Equal(0.6, RetrievalMetrics.PrecisionAtK(relevant, 100));
        Assert.Equal(0, RetrievalMetrics.PrecisionAtK([], 3));
    }

    [Fact]
    public void Average_precision_of_a_worked_example() =>
        // Relevant at ranks 1, 3 and 4 of four there are: (1/1 + 2/3 + 3/4 + 0) / 4.
        Assert.Equal((1 + (2 / 3.0) + 0.75) / 4, RetrievalMetrics.AveragePrecision([true, false, true, true, false], 4), 12);

    [Fact]
    public void Recall_of_a_worked_example() => Assert.Equal(0.5, RetrievalMetrics.Recall([9, 2, 3, 3], [1, 2, 3, 4]));

    [Fact]
    public void Quality_of_a_worked_example() =>
        // Found at exact ranks 1, 3, 4: (1/1 + 2/3 + 3/4) / 3.
        Assert.Equal((1 + (2 / 3.0) + 0.75) / 3, RetrievalMetrics.Quality([4, 1, 3]), 12);

    [Fact]
    public void Quality_is_one_for_the_true_neighbours_and_less_for_any_other() =>
        Gen.Int[1, 60].HashSet[1, 20].Sample(ranks =>
        {
            double quality = RetrievalMetrics.Quality(ranks);
            Assert.Equal(ranks.Max() == ranks.Count, quality == 1);
            Assert.InRange(quality, 0, 1);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Ranks_that_cannot_be_are_refused(int rank) =>
        Assert.Throws<ArgumentException>(() => RetrievalMetrics.Quality([2, rank]));
}
