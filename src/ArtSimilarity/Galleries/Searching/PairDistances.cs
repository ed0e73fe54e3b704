namespace ArtSimilarity.Galleries.Searching;

/// <summary>The distances of pairs of a gallery's works, ascending.</summary>
/// <param name="sorted">The distances.</param>
internal sealed class PairDistances(float[] sorted)
{
    /// <summary>How many of 100 pairs are at least as near; <see langword="null"/> where there is no pair.</summary>
    public double? PercentileOf(float distance)
    {
        if (sorted.Length == 0)
        {
            return null;
        }

        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = sorted[middle] <= distance ? (middle + 1, high) : (low, middle);
        }

        return 100.0 * low / sorted.Length;
    }
}
