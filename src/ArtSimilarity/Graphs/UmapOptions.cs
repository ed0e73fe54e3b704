namespace ArtSimilarity.Graphs;

/// <summary>How <see cref="UmapLayout"/> computes.</summary>
public sealed class UmapOptions
{
    private readonly int? _epochs;
    private readonly int _negativeSamples = 5;

    /// <summary>Where the random numbers begin: the same graph and seed give the same layout.</summary>
    /// <value>The default is 42.</value>
    public int Seed { get; init; } = 42;

    /// <summary>How many times the edges are gone over, at least 1.</summary>
    /// <value>The default is <see langword="null"/>: 500 up to 10,000 works, 200 for more, as in the reference implementation.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Epochs
    {
        get => _epochs;
        init
        {
            if (value is int epochs)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1, nameof(value));
            }

            _epochs = value;
        }
    }

    /// <summary>How many works each edge pushes away whenever it pulls two together, 0 or more.</summary>
    /// <value>The default is 5.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0.</exception>
    public int NegativeSamples
    {
        get => _negativeSamples;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _negativeSamples = value;
        }
    }
}
