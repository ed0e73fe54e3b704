using ArtSimilarity.Onnx;

namespace ArtSimilarity.Training.Data;

/// <summary>What a <see cref="FeatureCache"/> is to hold.</summary>
internal sealed record FeatureCacheRequest
{
    public required Network Network { get; init; }

    /// <summary>Identifies the frozen part's weights.</summary>
    public required string NetworkIdentity { get; init; }

    /// <summary>The tensor to keep.</summary>
    public required string Tensor { get; init; }

    public required TrainingSet Set { get; init; }

    public required ImagePreprocessing Preprocessing { get; init; }

    public required string Folder { get; init; }

    /// <summary>The pictures that all views are wanted of.</summary>
    public required IReadOnlyList<int> Training { get; init; }

    /// <summary>The pictures that only the first view is wanted of.</summary>
    public required IReadOnlyList<int> HeldOut { get; init; }

    public required int Side { get; init; }

    public required int Views { get; init; }

    public required Augmentation Augmentation { get; init; }

    /// <summary>How many heavy views follow those.</summary>
    public required int HeavyViews { get; init; }

    /// <summary>How they are drawn; <see langword="null"/> where there are none.</summary>
    public required HeavyViews? Heavy { get; init; }

    public required long Seed { get; init; }

    public required bool BrainFloat { get; init; }
}
