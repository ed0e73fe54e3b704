namespace ArtSimilarity.Onnx;

/// <summary>A model that can be downloaded: where from, how it is recognised, and how it is used.</summary>
public sealed record ModelDescription
{
    /// <summary>The name it is asked for by and cached under: letters, digits, <c>.</c>, <c>-</c> and <c>_</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a sentence.</summary>
    public string Description { get; init; } = "";

    /// <summary>Whether it comes with this package, so that nothing need be downloaded. The default is <see langword="false"/>.</summary>
    public bool IsEmbedded { get; internal init; }

    /// <summary>Where it can be downloaded, tried in this order; all serve the very same bytes. May be empty for a model that comes with the package.</summary>
    public required IReadOnlyList<Uri> Uris { get; init; }

    /// <summary>The SHA-256 of the file: 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The length of the file in bytes; no more is ever downloaded.</summary>
    public required long Size { get; init; }

    /// <summary>The licence of the weights, an SPDX identifier.</summary>
    public required string License { get; init; }

    /// <summary>How pixels become the model's input. The default is <see cref="ImagePreprocessing.ImageNet"/>.</summary>
    public ImagePreprocessing Preprocessing { get; init; } = ImagePreprocessing.ImageNet;

    /// <summary>The tensor that becomes the signature. The default is <see langword="null"/>: see <see cref="OnnxFeatureExtractorOptions.OutputName"/>.</summary>
    public string? OutputName { get; init; }

    /// <summary>The length of a signature.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Two descriptions are equal when every member is, the addresses compared in order.</summary>
    /// <param name="other">The description to compare with.</param>
    /// <returns>Whether they are equal.</returns>
    public bool Equals(ModelDescription? other) =>
        other is not null && Name == other.Name && Description == other.Description && IsEmbedded == other.IsEmbedded && Uris.SequenceEqual(other.Uris)
        && Sha256 == other.Sha256 && Size == other.Size && License == other.License && Preprocessing == other.Preprocessing
        && OutputName == other.OutputName && Dimensions == other.Dimensions;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Sha256, Size, Dimensions);
}
