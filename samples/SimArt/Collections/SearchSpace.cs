using ArtSimilarity.Features;

namespace SimArt.Collections;

/// <summary>A feature space that visitors search by.</summary>
/// <param name="Id">Its name in addresses.</param>
/// <param name="Title">What visitors read.</param>
/// <param name="Description">What it was trained to see, in a sentence.</param>
/// <param name="Space">The space.</param>
/// <param name="Extractor">Makes signatures of pictures; <see langword="null"/> where the model cannot be loaded here: works can be searched by, uploads cannot.</param>
internal sealed record SearchSpace(string Id, string Title, string Description, FeatureSpace Space, IFeatureExtractor? Extractor)
{
    /// <summary>The model's hash as the feature space names it.</summary>
    public string ModelHash => Space.ModelId.Split('@') is [_, string hash, ..] ? hash.Split(',')[0] : Space.ModelId;
}
