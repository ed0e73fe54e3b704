using ArtSimilarity.Tuning;

namespace ArtSimilarity.Annoy.Tuning;

internal sealed record AnnoyTuningDocument(int Version, int Count, int Dimensions, int TreeCount, IReadOnlyList<TuningPoint<AnnoySearchSettings>> Points)
    : ITuningDocument<AnnoySearchSettings>;
