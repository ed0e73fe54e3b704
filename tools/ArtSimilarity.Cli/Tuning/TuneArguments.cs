namespace ArtSimilarity.Cli.Tuning;

/// <summary>What was asked of <c>artsim tune</c>, whichever index it tunes.</summary>
internal sealed record TuneArguments(
    string GalleryPath,
    int K,
    double Quality,
    double? Budget,
    int Queries,
    long Seed,
    string? FigurePath,
    bool Force,
    string? Model,
    TimeSpan? LoadTimeout,
    bool Json);
