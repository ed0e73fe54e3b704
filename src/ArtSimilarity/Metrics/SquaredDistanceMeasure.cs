using ArtSimilarity.Indexing;
using ArtSimilarity.Numerics;

namespace ArtSimilarity.Metrics;

/// <summary>Σ (x − y)², which is the score too. Differences are taken before squaring: short distances between long vectors are exact.</summary>
internal sealed class SquaredDistanceMeasure : VectorMeasure
{
    private protected override double Compute(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => FixedOrderSum.SquaredDifference(x, y);

    internal override double Of(ReadOnlySpan<float> x, double xNorm, ReadOnlySpan<float> y, double yNorm) => FixedOrderSum.SquaredDifference(x, y);

    internal override float ScaleOf(double norm) => 1;

    internal override float ScoreOf(double measure) => (float)measure;

    /// <summary>All terms have one sign: the error is relative to the sum itself.</summary>
    internal override double BoundOf(float kth, double unit, double underflow, double magnitude) => (kth * (1 + (3 * unit))) + underflow;

    internal override unsafe void Scan(in RowSelection rows, float* query, Span<float> scores, CancellationToken cancellationToken) =>
        FlatScan.ScoreOne<SquaredDifferenceTerm>(rows, query, scores, cancellationToken);

    internal override unsafe void ScanTile(in RowSelection rows, float* queries, int queryCount, Span<float> scores) =>
        FlatScan.ScoreTile<SquaredDifferenceTerm>(rows, queries, queryCount, scores);
}
