namespace ArtSimilarity.Onnx;

/// <summary>Which model an <see cref="OnnxImageClassifier"/> runs, and how.</summary>
/// <remarks>
/// Without any option it is the model that comes with this package, which tells the genre. A model that was trained by
/// ArtSimilarity.Training brings its labels along (<see cref="TrainedModelInfo"/>); for any other, give <see cref="Labels"/>.
/// </remarks>
public sealed class OnnxImageClassifierOptions : OnnxModelOptions
{
    /// <summary>
    /// What is to be told, where the model tells several things: the column of its training set, e.g. <c>style</c>. The default
    /// is <see langword="null"/>: the model's first. Not together with <see cref="Labels"/>.
    /// </summary>
    public string? Target { get; set; }

    /// <summary>
    /// The labels of a model that does not say them itself, in the order of its output; none empty, none twice. The default is
    /// <see langword="null"/>: what the model says.
    /// </summary>
    public IReadOnlyList<string>? Labels { get; set; }

    /// <summary>
    /// With <see cref="Labels"/>: the tensor [N, labels] that holds the probabilities. The default is <see langword="null"/>: the
    /// output called <c>probabilities</c>, else the only output there is.
    /// </summary>
    public string? OutputName { get; set; }

    /// <summary>
    /// With <see cref="Labels"/>: whether the tensor holds scores of any size (logits), of which softmax is to make
    /// probabilities. The default is <see langword="false"/>: it holds probabilities.
    /// </summary>
    public bool ApplySoftmax { get; set; }

    /// <summary>
    /// Whether each image is looked at a second time, left and right exchanged, and the mean of the two taken: a little better
    /// for twice the time. The default is <see langword="false"/>.
    /// </summary>
    public bool FlipAverage { get; set; }
}
