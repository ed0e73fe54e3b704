namespace ArtSimilarity.Parallelism;

/// <summary>
/// The one convention for numbers of threads in options, that of <see cref="System.Threading.Tasks.ParallelOptions.MaxDegreeOfParallelism"/>:
/// at least 1, or −1 for one per processor.
/// </summary>
internal static class ParallelDegree
{
    /// <summary>Refuses a number that is none.</summary>
    /// <param name="value">The value of the option.</param>
    /// <param name="name">The name of the option.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is 0, or below −1.</exception>
    public static void ThrowIfInvalid(int value, string name)
    {
        if (value is not (-1 or >= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}. It must be at least 1, or -1 for one per processor.");
        }
    }

    /// <summary>How many threads a valid number means here.</summary>
    /// <param name="value">The value of the option.</param>
    /// <returns>At least 1.</returns>
    public static int Threads(int value) => value == -1 ? Environment.ProcessorCount : value;
}
