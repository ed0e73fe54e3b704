namespace ArtSimilarity.Trainer;

/// <summary>What the command line asked for.</summary>
internal sealed record TrainingRunOptions
{
    /// <summary>The CSVs with the pictures and their labels, at least one.</summary>
    public required IReadOnlyList<string> Metadata { get; init; }

    /// <summary>The ONNX model to begin with.</summary>
    public required string Base { get; init; }

    /// <summary>A JSON file that says how pixels become the base model's input, or <see langword="null"/> for what the model says, or ImageNet's.</summary>
    public string? Preprocessing { get; init; }

    /// <summary>The label columns, the first being the one that is measured.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The model to write; the JSON, where there are <see cref="Folds"/>.</summary>
    public required string Out { get; init; }

    /// <summary>The name of a recipe that comes along, or a JSON file.</summary>
    public required string Recipe { get; init; }

    /// <summary>The folder for decoded pictures, cached features, checkpoints and logs.</summary>
    public required string Work { get; init; }

    /// <summary>A CSV of pairs of one work, or <see langword="null"/>.</summary>
    public string? Pairs { get; init; }

    /// <summary>A CSV of the held-out pictures, or <see langword="null"/> to draw them.</summary>
    public string? HeldOut { get; init; }

    /// <summary>The share to hold out where they are drawn.</summary>
    public double Share { get; init; }

    /// <summary>The cosine from which on two pictures are near-duplicates, or 1 to look for none.</summary>
    public double Duplicates { get; init; }

    /// <summary>The column whose values stay together; <see langword="null"/> for none.</summary>
    public string? GroupBy { get; init; }

    /// <summary>Whose probabilities are learned from as well, their mean where there are several: classifiers, or JSON files of what classifiers said.</summary>
    public IReadOnlyList<string> Teachers { get; init; } = [];

    /// <summary>In how many folds the pictures to learn from are parted for answers about all of them, or <see langword="null"/> to train a model.</summary>
    public int? Folds { get; init; }

    public long Seed { get; init; }

    /// <summary>The most pictures to use, or <see langword="null"/> for all.</summary>
    public int? Limit { get; init; }

    public int EvaluateEvery { get; init; } = 1;

    /// <summary>The model's name and version.</summary>
    public required string Version { get; init; }

    /// <summary>Whether weights are written with 32 bits.</summary>
    public bool SinglePrecision { get; init; }

    public bool Json { get; init; }
}
