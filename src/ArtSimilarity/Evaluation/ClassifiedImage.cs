namespace ArtSimilarity.Evaluation;

/// <summary>What a classifier said of an image, as <c>artsim classify --json</c> writes it.</summary>
public sealed class ClassifiedImage
{
    /// <summary>Creates a classified image.</summary>
    /// <param name="file">See <see cref="File"/>.</param>
    /// <param name="probabilities">See <see cref="Probabilities"/>.</param>
    public ClassifiedImage(string file, IReadOnlyDictionary<string, double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(probabilities);
        File = file;
        Probabilities = probabilities;
    }

    /// <summary>The image's file or name.</summary>
    public string File { get; }

    /// <summary>The labels and their probabilities, 0 to 1, the most probable first.</summary>
    public IReadOnlyDictionary<string, double> Probabilities { get; }
}
