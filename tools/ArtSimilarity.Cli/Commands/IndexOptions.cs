using ArtSimilarity.Catalogues;
using ArtSimilarity.Cli.Galleries;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Cli.Commands;

/// <summary>What <c>artsim index</c> was told.</summary>
/// <param name="Paths">Folders, images and CSV lists.</param>
/// <param name="Gallery">The gallery file.</param>
/// <param name="Metadata">The catalogue; <see langword="null"/> for none.</param>
/// <param name="Format">How CSV files are written.</param>
/// <param name="Model">The model; <see langword="null"/> for the gallery's own.</param>
/// <param name="IsGrey">Whether colours are taken out of the pictures first.</param>
/// <param name="Limit">How many pictures at most; <see langword="null"/> for all.</param>
/// <param name="Exclude">What to leave out of folders.</param>
/// <param name="Prune">Whether works whose files are gone are removed.</param>
/// <param name="Prefix">What the keys that are made from paths begin with; empty for nothing.</param>
/// <param name="Adding">What happens to works that are there already.</param>
/// <param name="Limits">How large a picture may be.</param>
/// <param name="Parallelism">How many batches at the same time.</param>
/// <param name="Json">Whether to print one JSON document.</param>
internal sealed record IndexOptions(
    string[] Paths, string Gallery, string? Metadata, CatalogueFormat Format, string? Model, bool IsGrey, int? Limit, string[] Exclude, bool Prune, string Prefix, AddOptions Adding, InputLimits Limits, int Parallelism, bool Json);
