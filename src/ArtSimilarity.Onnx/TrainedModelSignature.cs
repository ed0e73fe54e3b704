using System.Text.Json.Serialization;

namespace ArtSimilarity.Onnx;

/// <summary>One of several signatures that a trained model computes in one pass, each of which is a feature space of its own.</summary>
/// <remarks>Does not change once created, so it may be read from several threads.</remarks>
public sealed class TrainedModelSignature
{
    /// <summary>Creates a description of a signature.</summary>
    /// <param name="output">The model's output that holds it, [N, dimensions]: what <see cref="OnnxFeatureExtractorOptions.OutputName"/> takes.</param>
    /// <param name="tells">What near signatures have in common: a column of the training set's catalogue, e.g. <c>genre</c>, or <c>work</c>.</param>
    /// <param name="dimensions">Its length, at least 1.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1.</exception>
    [JsonConstructor]
    public TrainedModelSignature(string output, string tells, int dimensions)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(output);
        ArgumentException.ThrowIfNullOrWhiteSpace(tells);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        Output = output;
        Tells = tells;
        Dimensions = dimensions;
    }

    /// <summary>The model's output that holds it, [N, dimensions].</summary>
    public string Output { get; }

    /// <summary>What near signatures have in common: a column of the training set's catalogue, or <c>work</c>.</summary>
    public string Tells { get; }

    /// <summary>Its length.</summary>
    public int Dimensions { get; }
}
