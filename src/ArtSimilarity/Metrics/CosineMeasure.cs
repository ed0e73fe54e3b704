using ArtSimilarity.Indexing;
using ArtSimilarity.Numerics;

namespace ArtSimilarity.Metrics;

/// <summary>Σ x·y / (|x|·|y|). The score is its negative: the product with the query scaled to length 1, times −1/|y|.</summary>
internal sealed class CosineMeasure : VectorMeasure
{
    private protected override double Compute(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        (double dot, double ySquaredNorm) = FixedOrderSum.DotAndSquaredNorm(x, y);
        return Ratio(dot, FixedOrderSum.Norm(x) * Math.Sqrt(ySquaredNorm));
    }

    internal override double Of(ReadOnlySpan<float> x, double xNorm, ReadOnlySpan<float> y, double yNorm) => Ratio(FixedOrderSum.Dot(x, y), xNorm * yNorm);

    internal override double PrepareQuery(ReadOnlySpan<float> query, double norm, Span<float> prepared)
    {
        if (!(norm > 0))
        {
            return base.PrepareQuery(query, norm, prepared);
        }

        for (int i = 0; i < query.Length; i++)
        {
            prepared[i] = (float)(query[i] / norm);
        }

        return 1;
    }

    /// <summary>NaN where −1/norm is beyond a float's comfort.</summary>
    internal override float ScaleOf(double norm) => norm switch
    {
        0 => 0,
        < 1e-15 or > 1e15 => float.NaN,
        _ => (float)(-1 / norm),
    };

    internal override float ScoreOf(double measure) => (float)-measure;

    /// <summary>The lengths are 1: only directions are compared.</summary>
    internal override double BoundOf(float kth, double unit, double underflow, double magnitude) => kth + (2 * unit) + 1e-25;

    internal override unsafe void Scan(in RowSelection rows, float* query, Span<float> scores, CancellationToken cancellationToken) =>
        FlatScan.ScoreOne<ProductTerm>(rows, query, scores, cancellationToken);

    internal override unsafe void ScanTile(in RowSelection rows, float* queries, int queryCount, Span<float> scores) =>
        FlatScan.ScoreTile<ProductTerm>(rows, queries, queryCount, scores);

    private static double Ratio(double dot, double norms) => norms == 0 ? 0 : Math.Clamp(dot / norms, -1, 1);
}
