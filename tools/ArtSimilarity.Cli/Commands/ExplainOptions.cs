using ArtSimilarity.Cli.Galleries;

namespace ArtSimilarity.Cli.Commands;

/// <summary>What <c>artsim explain</c> was told.</summary>
/// <param name="A">The first picture: the key of a work, an image file or an address.</param>
/// <param name="B">The second picture.</param>
/// <param name="Gallery">The gallery file.</param>
/// <param name="RegionA">The detail of the first picture; <see langword="null"/> for all of it.</param>
/// <param name="RegionB">The detail of the second picture; <see langword="null"/> for all of it.</param>
/// <param name="Point">The point of the first picture that is looked for in the second; <see langword="null"/> for none.</param>
/// <param name="Places">How many places to name for the point.</param>
/// <param name="Model">The model; <see langword="null"/> for the gallery's own.</param>
/// <param name="Limits">How large the pictures may be.</param>
/// <param name="Out">The picture to draw; <see langword="null"/> for none.</param>
/// <param name="Json">Whether to print one JSON document.</param>
/// <param name="Force">Whether a file that artsim did not write may be replaced.</param>
internal sealed record ExplainOptions(
    string A,
    string B,
    string Gallery,
    string? RegionA,
    string? RegionB,
    (double X, double Y)? Point,
    int Places,
    string? Model,
    InputLimits Limits,
    string? Out,
    bool Json,
    bool Force);
