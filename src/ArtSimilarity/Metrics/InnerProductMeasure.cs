using ArtSimilarity.Indexing;
using ArtSimilarity.Numerics;

namespace ArtSimilarity.Metrics;

/// <summary>Σ x·y. The score is its negative.</summary>
internal sealed class InnerProductMeasure : VectorMeasure
{
    private protected override double Compute(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => FixedOrderSum.Dot(x, y);

    internal override double Of(ReadOnlySpan<float> x, double xNorm, ReadOnlySpan<float> y, double yNorm) => FixedOrderSum.Dot(x, y);

    internal override float ScaleOf(double norm) => -1;

    internal override float ScoreOf(double measure) => (float)-measure;

    internal override double BoundOf(float kth, double unit, double underflow, double magnitude) => kth + (2 * unit * magnitude) + underflow;

    internal override unsafe void Scan(in RowSelection rows, float* query, Span<float> scores, CancellationToken cancellationToken) =>
        FlatScan.ScoreOne<ProductTerm>(rows, query, scores, cancellationToken);

    internal override unsafe void ScanTile(in RowSelection rows, float* queries, int queryCount, Span<float> scores) =>
        FlatScan.ScoreTile<ProductTerm>(rows, queries, queryCount, scores);
}
