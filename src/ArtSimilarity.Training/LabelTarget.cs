namespace ArtSimilarity.Training;

/// <summary>A label column that a network learns.</summary>
public sealed class LabelTarget
{
    /// <summary>Creates a label target.</summary>
    /// <param name="column">See <see cref="Column"/>.</param>
    /// <param name="labels">See <see cref="Labels"/>.</param>
    /// <param name="weight">See <see cref="Weight"/>.</param>
    public LabelTarget(string column, IReadOnlyList<string> labels, double weight = 1)
    {
        ArgumentNullException.ThrowIfNull(column);
        ArgumentNullException.ThrowIfNull(labels);
        Column = column;
        Labels = labels;
        Weight = weight;
    }

    /// <summary>The column's name, for example <c>genre</c>.</summary>
    public string Column { get; }

    /// <summary>The classes, in the order of the output.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>How much its loss counts, the first target's being 1 as a rule.</summary>
    public double Weight { get; }
}
