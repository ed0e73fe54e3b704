namespace ArtSimilarity.Evaluation;

/// <summary>A figure estimated from a sample, and the confidence interval of 95 % around it.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Lower">The lower end of the interval.</param>
/// <param name="Upper">The upper end of the interval.</param>
public readonly record struct Estimate(double Value, double Lower, double Upper)
{
    /// <summary>The quantile of the normal distribution that leaves 2.5 % above it.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>The mean, with Student's interval.</summary>
    /// <param name="sample">At least two independent values.</param>
    /// <returns>The estimate; without spread in the sample, an interval without width.</returns>
    /// <exception cref="ArgumentException">There are fewer than two values.</exception>
    public static Estimate OfMean(ReadOnlySpan<double> sample)
    {
        ThrowIfTooSmall(sample);
        double mean = 0;
        foreach (double value in sample)
        {
            mean += value / sample.Length;
        }

        double squares = 0;
        foreach (double value in sample)
        {
            squares += (value - mean) * (value - mean);
        }

        int freedom = sample.Length - 1;
        double half = StudentQuantile(freedom) * Math.Sqrt(squares / freedom / sample.Length);
        return new Estimate(mean, mean - half, mean + half);
    }

    /// <summary>The median, with the interval between two values of the sample that holds whatever the distribution.</summary>
    /// <param name="sample">At least two independent values, in any order.</param>
    /// <returns>The estimate. Fewer than six values cannot give 95 %; the interval is then all of their range.</returns>
    /// <exception cref="ArgumentException">There are fewer than two values.</exception>
    /// <remarks>W. J. Conover, Practical Nonparametric Statistics, 3rd ed. 1999, section 3.2.</remarks>
    public static Estimate OfMedian(ReadOnlySpan<double> sample)
    {
        ThrowIfTooSmall(sample);
        double[] sorted = sample.ToArray();
        Array.Sort(sorted);
        int n = sorted.Length;
        int lower = Math.Max(1, (int)Math.Ceiling((n / 2.0) - (Z * Math.Sqrt(n) / 2)));
        return new Estimate((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[lower - 1], sorted[n - lower]);
    }

    /// <summary>The quantile of Student's distribution that leaves 2.5 % above it; right to 0.01 from 4 degrees of freedom on.</summary>
    /// <remarks>M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 1964, 26.7.5.</remarks>
    private static double StudentQuantile(double freedom)
    {
        double z2 = Z * Z;
        double first = Z * (z2 + 1) / 4;
        double second = Z * ((((5 * z2) + 16) * z2) + 3) / 96;
        double third = Z * ((((((3 * z2) + 19) * z2) + 17) * z2) - 15) / 384;
        return Z + ((first + ((second + (third / freedom)) / freedom)) / freedom);
    }

    private static void ThrowIfTooSmall(ReadOnlySpan<double> sample)
    {
        if (sample.Length < 2)
        {
            throw new ArgumentException($"An estimate takes at least two values, not {sample.Length}.", nameof(sample));
        }
    }
}
