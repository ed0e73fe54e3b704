using ArtSimilarity.Features;

namespace ArtSimilarity.Onnx;

/// <summary>A feature space of a gallery and the model that makes its signatures, under a name that can be typed.</summary>
/// <remarks>Immutable. <see cref="GalleryModels"/> reads them from a gallery.</remarks>
public sealed class GalleryModel
{
    internal GalleryModel(FeatureSpace space, int count, ModelOrigin origin, bool isKnown, bool isDefault)
    {
        Space = space;
        Count = count;
        Origin = origin;
        IsKnown = isKnown;
        IsDefault = isDefault;
    }

    /// <summary>The feature space.</summary>
    public FeatureSpace Space { get; }

    /// <summary>The number of signatures, at least 1.</summary>
    public int Count { get; }

    /// <summary>The model; where it is not known (<see cref="IsKnown"/>), the name alone that the space gives it.</summary>
    public ModelOrigin Origin { get; }

    /// <summary>Whether the gallery remembers the model, or needs not because the space is that of <see cref="ClassicalFeatureExtractor"/>, of colours or grey.</summary>
    public bool IsKnown { get; }

    /// <summary>Whether the gallery is searched in this space where none is named.</summary>
    public bool IsDefault { get; }

    /// <summary>
    /// The model's name, its file's name without folder and extension, or <see cref="FeatureSpace.ModelId"/> where the model is not known. Before that of a
    /// model that sees grey images stands <see cref="ModelOrigin.GreyPrefix"/>. Behind that of another output than the usual one stands
    /// <see cref="ModelOrigin.OutputSeparator"/> and its name.
    /// </summary>
    public string Name => (Origin.IsGrey ? ModelOrigin.GreyPrefix : "") + NameOfModel + OutputSuffix;

    private string OutputSuffix => IsKnown && Origin.Output is not null ? ModelOrigin.OutputSeparator + Origin.Output : "";

    private string NameOfModel => !IsKnown ? Space.ModelId : Origin.Path is null ? Origin.Name : Path.GetFileNameWithoutExtension(Origin.Path);

    /// <summary>Whether a name stands for this space.</summary>
    /// <param name="name">
    /// The <see cref="Name"/>, the model's name or path, or <see cref="FeatureSpace.ModelId"/>, whatever their case; or a relative path of the model. All stand
    /// behind <see cref="ModelOrigin.GreyPrefix"/> for a model that sees grey images, and before the separator and the name of the output where there is one.
    /// </param>
    /// <returns><see langword="true"/> where it does; it may stand for others, too.</returns>
    public bool Matches(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!Origin.IsGrey)
        {
            return MatchesModel(name);
        }

        return name.StartsWith(ModelOrigin.GreyPrefix, StringComparison.OrdinalIgnoreCase)
            && name[ModelOrigin.GreyPrefix.Length..] is var model
            && !string.IsNullOrWhiteSpace(model)
            && MatchesModel(model);
    }

    private bool MatchesModel(string name) =>
        name.Equals(Space.ModelId, StringComparison.OrdinalIgnoreCase)
        || (name.Length > OutputSuffix.Length && name.EndsWith(OutputSuffix, StringComparison.OrdinalIgnoreCase) && MatchesFile(name[..^OutputSuffix.Length]));

    private bool MatchesFile(string name) =>
        name.Equals(NameOfModel, StringComparison.OrdinalIgnoreCase)
        || (IsKnown && name.Equals(Origin.Path ?? Origin.Name, StringComparison.OrdinalIgnoreCase))
        || (Origin.Path is not null && Path.GetFullPath(name) == Origin.Path);
}
