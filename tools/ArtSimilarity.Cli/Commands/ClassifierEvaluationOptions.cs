namespace ArtSimilarity.Cli.Commands;

/// <summary>What <c>artsim evaluate --classifier</c> was told.</summary>
/// <param name="Images">The folder of the images; <see langword="null"/> for the files that the metadata name.</param>
/// <param name="Metadata">The CSV of the true labels.</param>
/// <param name="Queries">A CSV of the works to classify; <see langword="null"/> for all.</param>
/// <param name="By">The label to tell; <see langword="null"/> for what the model tells first.</param>
/// <param name="Model">The model; <see langword="null"/> for the one that comes with the tool.</param>
/// <param name="LoadTimeout">How long the model may take to load; <see langword="null"/> for the default of the package.</param>
/// <param name="Flip">Whether each image is also looked at mirrored.</param>
/// <param name="Confusion">The figure to draw, if any.</param>
/// <param name="Force">Whether the figure may replace any file.</param>
/// <param name="Json">Whether to print one JSON document.</param>
internal sealed record ClassifierEvaluationOptions(
    string? Images, string Metadata, string? Queries, string? By, string? Model, TimeSpan? LoadTimeout, bool Flip, string? Confusion, bool Force, bool Json);
