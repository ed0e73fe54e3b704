namespace ArtSimilarity.Training.Data;

/// <summary>Seeds that depend on what they are for alone, so that neither threads nor interruptions change what is drawn.</summary>
internal static class Chance
{
    /// <summary>Mixes numbers into a seed (the finaliser of SplitMix64, Steele et al. 2014).</summary>
    public static int Seed(params ReadOnlySpan<long> numbers)
    {
        ulong state = 0x9E3779B97F4A7C15;
        foreach (long number in numbers)
        {
            state = (state ^ (ulong)number) + 0x9E3779B97F4A7C15;
            state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
            state ^= state >> 31;
        }

        return (int)(state & 0x7FFFFFFF);
    }

    /// <summary>A number from Beta(α, α), by the method of Jöhnk (1964), for α up to 1.</summary>
    public static double Beta(Random random, double alpha)
    {
        while (true)
        {
            double x = Math.Pow(random.NextDouble(), 1 / alpha), y = Math.Pow(random.NextDouble(), 1 / alpha);
            if (x + y is > 0 and <= 1)
            {
                return x / (x + y);
            }
        }
    }
}
