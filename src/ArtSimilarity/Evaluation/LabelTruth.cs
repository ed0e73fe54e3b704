namespace ArtSimilarity.Evaluation;

/// <summary>The true labels of works, as a classifier counts its labels: what <see cref="ClassificationEvaluator"/> compares with.</summary>
/// <remarks>Immutable.</remarks>
public sealed class LabelTruth
{
    private LabelTruth(IReadOnlyList<int> indices, int unlabelled, int unknown, IReadOnlyList<string> unknownLabels)
    {
        Indices = indices;
        Unlabelled = unlabelled;
        Unknown = unknown;
        UnknownLabels = unknownLabels;
    }

    /// <summary>The index of each work's label among those of the classifier; −1 for a work that has none, or one that the classifier does not know.</summary>
    public IReadOnlyList<int> Indices { get; }

    /// <summary>How many works have no label.</summary>
    public int Unlabelled { get; }

    /// <summary>How many works have a label that the classifier does not know.</summary>
    public int Unknown { get; }

    /// <summary>These labels, each once, in ordinal order.</summary>
    public IReadOnlyList<string> UnknownLabels { get; }

    /// <summary>Looks up the labels of works.</summary>
    /// <param name="works">The works.</param>
    /// <param name="column">The column that has the labels, as <see cref="PaintingLabel.Of"/> takes it.</param>
    /// <param name="labels">The classifier's labels, in its order: none twice. They are compared ordinally.</param>
    /// <returns>The truth.</returns>
    /// <exception cref="ArgumentException">There is no label, or one twice, or <paramref name="column"/> is empty.</exception>
    public static LabelTruth Of(IReadOnlyList<Painting> works, string column, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(works);
        ArgumentException.ThrowIfNullOrEmpty(column);
        ArgumentNullException.ThrowIfNull(labels);
        ConfusionMatrix.ThrowUnlessLabels(labels, nameof(labels));
        Dictionary<string, int> indexOf = labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        int[] indices = new int[works.Count];
        int unlabelled = 0, unknown = 0;
        SortedSet<string> unknownLabels = new(StringComparer.Ordinal);
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = -1;
            if (PaintingLabel.Of(works[i], column) is not string label)
            {
                unlabelled++;
            }
            else if (indexOf.TryGetValue(label, out int index))
            {
                indices[i] = index;
            }
            else
            {
                unknown++;
                unknownLabels.Add(label);
            }
        }

        return new LabelTruth(indices, unlabelled, unknown, [.. unknownLabels]);
    }
}
