namespace ArtSimilarity.Training;

/// <summary>How pictures are changed at random while training, so that the network learns what does not matter.</summary>
public sealed record Augmentation
{
    /// <summary>No change at all.</summary>
    public static Augmentation None { get; } = new() { MinimumArea = 1, AspectRatio = 1, Flip = false, Rotation = 0, Color = 0 };

    /// <summary>The smallest share of the picture's area that a crop keeps, above 0 and at most 1. The default is 0.5.</summary>
    public double MinimumArea { get; init; } = 0.5;

    /// <summary>The largest ratio of a crop's sides to those of the picture's, at least 1. The default is 4/3.</summary>
    public double AspectRatio { get; init; } = 4.0 / 3;

    /// <summary>Whether every second picture is mirrored. The default is <see langword="true"/>.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>The largest rotation either way, in degrees, 0 to 45. The default is 10, as in the paper.</summary>
    public double Rotation { get; init; } = 10;

    /// <summary>The largest relative change of brightness, contrast and saturation, 0 to below 1. The default is 0.2.</summary>
    public double Color { get; init; } = 0.2;

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal void Validate()
    {
        Check(MinimumArea is > 0 and <= 1, nameof(MinimumArea), MinimumArea, "above 0 and at most 1");
        Check(AspectRatio is >= 1 and <= 4, nameof(AspectRatio), AspectRatio, "from 1 to 4");
        Check(Rotation is >= 0 and <= 45, nameof(Rotation), Rotation, "from 0 to 45");
        Check(Color is >= 0 and < 1, nameof(Color), Color, "from 0 to below 1");

        static void Check(bool holds, string name, double value, string range)
        {
            if (!holds)
            {
                throw new ArgumentOutOfRangeException(name, value, $"Augmentation.{name} must be {range}.");
            }
        }
    }
}
