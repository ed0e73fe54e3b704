using ArtSimilarity.Indexing;

namespace ArtSimilarity.Evaluation;

/// <summary>Vectors and a label for each.</summary>
public sealed class LabelledVectors
{
    /// <summary>Creates a set of vectors with their labels.</summary>
    /// <param name="vectors">See <see cref="Vectors"/>.</param>
    /// <param name="labels">See <see cref="Labels"/>.</param>
    public LabelledVectors(VectorSet vectors, IReadOnlyList<string?> labels)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(labels);
        Vectors = vectors;
        Labels = labels;
    }

    /// <summary>The vectors and their ids.</summary>
    public VectorSet Vectors { get; }

    /// <summary>One label per row; <see langword="null"/> where it is unknown.</summary>
    public IReadOnlyList<string?> Labels { get; }
}
