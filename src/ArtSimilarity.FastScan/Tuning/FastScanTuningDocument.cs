using ArtSimilarity.Tuning;

namespace ArtSimilarity.FastScan.Tuning;

internal sealed record FastScanTuningDocument(int Version, int Count, int Dimensions, IReadOnlyList<TuningPoint<FastScanSearchSettings>> Points)
    : ITuningDocument<FastScanSearchSettings>;
