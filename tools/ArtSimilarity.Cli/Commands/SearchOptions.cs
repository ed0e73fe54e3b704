using ArtSimilarity.Cli.Galleries;

namespace ArtSimilarity.Cli.Commands;

/// <summary>What <c>artsim search</c> was told.</summary>
/// <param name="Query">An image, a key, or <c>-</c> for an image from the standard input.</param>
/// <param name="Parts">What is wanted, and not wanted, besides.</param>
/// <param name="Refinement">What is done beyond finding the nearest.</param>
/// <param name="Gallery">The gallery file.</param>
/// <param name="K">How many works to find.</param>
/// <param name="Filter">Which works are meant.</param>
/// <param name="Region">The detail to search by; <see langword="null"/> for the whole image.</param>
/// <param name="Photo">Whether the query is a photograph of a room, to be searched by several views.</param>
/// <param name="NoVerify">Whether the works are ordered by the views of the photograph alone.</param>
/// <param name="Mirror">Whether mirror images count too.</param>
/// <param name="Fold">Whether copies are put under the nearest of them.</param>
/// <param name="InRegions">Whether to search in the regions of works.</param>
/// <param name="Exact">Whether to compare with every work.</param>
/// <param name="Quality">The quality to reach; <see langword="null"/> for the default.</param>
/// <param name="MaxDistance">The greatest distance; <see langword="null"/> for any.</param>
/// <param name="Model">The model; <see langword="null"/> for the gallery's own.</param>
/// <param name="IsGrey">Whether to search in the signatures without colours.</param>
/// <param name="Spaces">The spaces to search at once.</param>
/// <param name="Limits">How large the query may be.</param>
/// <param name="Json">Whether to print one JSON document.</param>
/// <param name="Html">The report to write; <see langword="null"/> for none.</param>
/// <param name="Csv">The table to write, <c>-</c> for the output; <see langword="null"/> for none.</param>
/// <param name="Force">Whether files that artsim did not write may be replaced.</param>
internal sealed record SearchOptions(
    string Query,
    QueryParts Parts,
    SearchRefinement Refinement,
    string Gallery,
    int K,
    PaintingFilter Filter,
    string? Region,
    bool Photo,
    bool NoVerify,
    bool Mirror,
    bool Fold,
    bool InRegions,
    bool Exact,
    double? Quality,
    double? MaxDistance,
    string? Model,
    bool IsGrey,
    IReadOnlyList<SpaceOption> Spaces,
    InputLimits Limits,
    bool Json,
    string? Html,
    string? Csv,
    bool Force)
{
    /// <summary>Whether the query is looked at in several ways.</summary>
    public bool HasViews => Photo || Mirror;

    /// <summary>Whether works are compared point by point with the photograph.</summary>
    public bool Verifies => Photo && !NoVerify;

    /// <summary>What stands for the standard input.</summary>
    public const string StandardInput = "-";
}
