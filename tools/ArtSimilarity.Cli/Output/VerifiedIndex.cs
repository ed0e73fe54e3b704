namespace ArtSimilarity.Cli.Output;

/// <param name="Model">The model of the feature space.</param>
/// <param name="Searches">How many works were searched for, by the index and exactly.</param>
/// <param name="Recall">The share of the exact answers that the index found.</param>
internal sealed record VerifiedIndex(string Model, int Searches, double Recall);
