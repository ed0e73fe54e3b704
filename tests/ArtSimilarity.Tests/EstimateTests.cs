using ArtSimilarity.Evaluation;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class EstimateTests
{
    [Fact]
    public void The_mean_has_Students_interval()
    {
        // The differences of Student's sleep data (Biometrika 6, 1908), with the interval that R's t.test gives.
        Estimate estimate = Estimate.OfMean([1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4]);
        Assert.Equal(1.58, estimate.Value, 9);
        Assert.Equal(0.7001142, estimate.Lower, 3e-4);
        Assert.Equal(2.4598858, estimate.Upper, 3e-4);
    }

    [Fact]
    public void Without_spread_the_mean_is_certain() => Assert.Equal(new Estimate(0.5, 0.5, 0.5), Estimate.OfMean([0.5, 0.5, 0.5, 0.5]));

    [Fact]
    public void The_median_of_twenty_lies_between_the_sixth_and_the_fifteenth()
    {
        // Conover's table A3: the 0.025 quantile of the binomial distribution of 20 fair coins is 6.
        double[] sample = [.. Enumerable.Range(1, 20).Select(i => (double)(((i * 7) % 20) + 1))];
        Assert.Equal(new Estimate(10.5, 6, 15), Estimate.OfMedian(sample));
    }

    [Fact]
    public void The_interval_of_the_median_holds_in_about_95_percent_whatever_the_distribution()
    {
        for (int n = 6; n <= 400; n++)
        {
            double[] ranks = [.. Enumerable.Range(1, n).Select(rank => (double)rank)];
            Estimate estimate = Estimate.OfMedian(ranks);
            Assert.Equal(n + 1, estimate.Lower + estimate.Upper);

            // The median lies below the r-th of n values when fewer than r of n fair coins fall on one side.
            double outside = 0, logChoose = 0;
            for (int heads = 0; heads < estimate.Lower; heads++)
            {
                outside += 2 * Math.Exp(logChoose - (n * Math.Log(2)));
                logChoose += Math.Log(n - heads) - Math.Log(heads + 1);
            }

            Assert.InRange(1 - outside, 0.92, 0.985);
        }
    }

    [Fact]
    public void The_median_is_the_middle_or_the_mean_of_the_middle_two()
    {
        Assert.Equal(3, Estimate.OfMedian([9, 3, 1]).Value);
        Assert.Equal(2, Estimate.OfMedian([9, 1, 3, 0]).Value);
    }

    [Fact]
    public void One_value_is_no_sample()
    {
        Assert.Throws<ArgumentException>(() => Estimate.OfMean([1]));
        Assert.Throws<ArgumentException>(() => Estimate.OfMedian([1]));
    }
}
