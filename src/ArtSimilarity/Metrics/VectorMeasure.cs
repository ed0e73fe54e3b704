using ArtSimilarity.Indexing;

namespace ArtSimilarity.Metrics;

/// <summary>
/// A number computed of two vectors that a distance can be a function of. A metric that declares one is searched with SIMD: the scan
/// computes the measure of every row in single precision, and of those that may be nearest in double precision.
/// </summary>
/// <remarks>The measures are immutable and safe to use from several threads at once.</remarks>
public abstract class VectorMeasure
{
    private protected VectorMeasure()
    {
    }

    /// <summary>Σ x·y; larger means more alike.</summary>
    public static VectorMeasure InnerProduct { get; } = new InnerProductMeasure();

    /// <summary>Σ x·y / (|x|·|y|), from −1 to 1; larger means more alike. A zero vector has no direction: its cosine with any vector counts as 0.</summary>
    public static VectorMeasure Cosine { get; } = new CosineMeasure();

    /// <summary>Σ (x − y)², 0 or above; smaller means more alike.</summary>
    public static VectorMeasure SquaredDistance { get; } = new SquaredDistanceMeasure();

    /// <summary>The measure of two vectors, summed in double precision: the same bits whatever the instruction set.</summary>
    /// <param name="x">The first vector: finite numbers.</param>
    /// <param name="y">The second vector, of the same length.</param>
    /// <returns>The measure.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or are 0.</exception>
    public double Of(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Length != y.Length || x.IsEmpty)
        {
            throw new ArgumentException($"Vectors of {x.Length} and {y.Length} numbers cannot be compared: they need the same length, at least 1.", nameof(y));
        }

        return Compute(x, y);
    }

    /// <summary>The measure of two vectors of the same length.</summary>
    private protected abstract double Compute(ReadOnlySpan<float> x, ReadOnlySpan<float> y);

    /// <summary>The same bits, for vectors whose lengths (norms) are known.</summary>
    internal abstract double Of(ReadOnlySpan<float> x, double xNorm, ReadOnlySpan<float> y, double yNorm);

    /// <summary>Copies a query as the scan takes it, and returns the length (norm) of the copy.</summary>
    internal virtual double PrepareQuery(ReadOnlySpan<float> query, double norm, Span<float> prepared)
    {
        query.CopyTo(prepared);
        return norm;
    }

    /// <summary>
    /// What the sum over a row of a known length (norm) is multiplied by to give its score: smaller is nearer. NaN where single
    /// precision would not do; a NaN score is always looked at in double precision.
    /// </summary>
    internal abstract float ScaleOf(double norm);

    /// <summary>The score of a measure known in double precision.</summary>
    internal abstract float ScoreOf(double measure);

    /// <summary>The score below which a row may belong to the k nearest, where the k-th best of the scan has the score given.</summary>
    /// <param name="kth">The k-th smallest score.</param>
    /// <param name="unit">The rounding error of a sum, relative to the sum of the terms' magnitudes.</param>
    /// <param name="underflow">What denormal terms may have lost, absolute.</param>
    /// <param name="magnitude">The length of the prepared query times that of the longest row.</param>
    internal abstract double BoundOf(float kth, double unit, double underflow, double magnitude);

    /// <summary>Scores rows against a prepared query.</summary>
    internal abstract unsafe void Scan(in RowSelection rows, float* query, Span<float> scores, CancellationToken cancellationToken);

    /// <summary>Scores rows against prepared queries, a multiple of four: [query × count + row].</summary>
    internal abstract unsafe void ScanTile(in RowSelection rows, float* queries, int queryCount, Span<float> scores);
}
