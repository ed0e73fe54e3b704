using System.Text.Json.Serialization;

namespace ArtSimilarity.Onnx;

/// <summary>One thing that a trained model tells about an image: a column of the training set's catalogue, and its labels.</summary>
/// <remarks>Does not change once created, so it may be read from several threads.</remarks>
public sealed class TrainedModelTarget
{
    /// <summary>Creates a target.</summary>
    /// <param name="column">What is told, named as the column of the training set's catalogue, e.g. <c>genre</c>.</param>
    /// <param name="output">The model's output that holds the probabilities [N, labels].</param>
    /// <param name="labels">The labels, in the order of the output: at least one, none empty, none twice. Copied.</param>
    /// <exception cref="ArgumentException">A name is empty, or the labels are none, or one of them is empty or there twice.</exception>
    [JsonConstructor]
    public TrainedModelTarget(string column, string output, IReadOnlyList<string> labels)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(column);
        ArgumentException.ThrowIfNullOrWhiteSpace(output);
        Column = column;
        Output = output;
        Labels = CheckedLabels(labels, nameof(labels));
    }

    /// <summary>What is told, named as the column of the training set's catalogue.</summary>
    public string Column { get; }

    /// <summary>The model's output that holds the probabilities [N, labels].</summary>
    public string Output { get; }

    /// <summary>The labels, in the order of the output.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>A copy of labels that are usable.</summary>
    internal static IReadOnlyList<string> CheckedLabels(IReadOnlyList<string> labels, string name)
    {
        ArgumentNullException.ThrowIfNull(labels, name);
        string[] copy = [.. labels];
        if (copy.Length == 0 || Array.Exists(copy, string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException(copy.Length == 0 ? "There are no labels." : $"Label {Array.FindIndex(copy, string.IsNullOrWhiteSpace)} is empty.", name);
        }

        string? repeated = copy.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        return repeated is null ? Array.AsReadOnly(copy) : throw new ArgumentException($"The label '{repeated}' is there twice.", name);
    }
}
