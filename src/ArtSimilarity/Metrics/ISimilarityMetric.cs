namespace ArtSimilarity.Metrics;

/// <summary>Says how far apart two signatures are.</summary>
/// <remarks>
/// <para>
/// Implementations are safe to call from several threads at once, and give the same answer for the same vectors at every call.
/// </para>
/// <para>
/// <b>To write a metric</b>, implement <see cref="Name"/>, <see cref="Distance"/> and <see cref="Similarity"/> in a class of your own,
/// and set <c>GalleryOptions.Metric</c> to an instance. Every exact search then orders by it: one query, many, with filters, whole
/// rankings, over several feature spaces. Each comparison is one call of <see cref="Distance"/>.
/// </para>
/// <para>
/// <b>To make it fast</b>, declare that the distance is a function of an inner product, a cosine or a squared distance:
/// implement <see cref="Measure"/> and <see cref="DistanceFrom"/>. The scan then runs with SIMD, as for the library's own metrics.
/// </para>
/// <para>
/// <b>To search several spaces</b> by anything but the weighted mean of the distances, implement <see cref="SpaceTerm"/> and
/// <see cref="CombineSpaces"/>.
/// </para>
/// <para>
/// The approximate indexes FastScan and Annoy order by <see cref="SimilarityMetrics.Angular"/> only: a gallery refuses them beside
/// any other metric. Leave them out, and the exact scan answers.
/// </para>
/// </remarks>
/// <example>
/// The angle in radians, scanned as fast as the cosine:
/// <code>
/// public sealed class AngleMetric : ISimilarityMetric
/// {
///     public string Name => "angle";
///
///     public VectorMeasure Measure => VectorMeasure.Cosine;
///
///     public double DistanceFrom(double measure) => Math.Acos(measure);
///
///     public float Distance(ReadOnlySpan&lt;float&gt; x, ReadOnlySpan&lt;float&gt; y) => (float)DistanceFrom(Measure.Of(x, y));
///
///     public float Similarity(float distance) => MathF.Cos(distance);
/// }
/// </code>
/// </example>
public interface ISimilarityMetric
{
    /// <summary>A short lower-case name, stored in index files: <c>angular</c>, <c>cosine</c>, … No other metric of the program has it.</summary>
    string Name { get; }

    /// <summary>What the distance is a function of; <see langword="null"/>, the default, where it is only known to <see cref="Distance"/>.</summary>
    VectorMeasure? Measure => null;

    /// <summary>The distance between two signatures; smaller means more alike.</summary>
    /// <param name="x">The signature searched with: finite numbers.</param>
    /// <param name="y">The signature it is compared with, of the same length.</param>
    /// <returns>The distance: a number or positive infinity. Negative ones are allowed, as for an inner product.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or are 0.</exception>
    float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y);

    /// <summary>
    /// The distance that a value of <see cref="Measure"/> stands for; asked only where there is one. It strictly falls as a product or
    /// a cosine grows, and strictly rises with a squared distance; the searches rely on it.
    /// </summary>
    /// <param name="measure">The value, computed in double precision.</param>
    /// <returns>The distance, not rounded; <see cref="Distance"/> is this to a float's precision.</returns>
    /// <exception cref="NotSupportedException">The metric declares no measure, or does not implement this.</exception>
    double DistanceFrom(double measure) =>
        throw new NotSupportedException($"The metric '{Name}' does not say which distance a measure stands for: implement {nameof(DistanceFrom)} beside {nameof(Measure)}.");

    /// <summary>Turns a distance into a similarity, for display: larger means more alike; 1 for two equal signatures where the metric is bounded below by 0.</summary>
    /// <param name="distance">A distance of this metric, in one space or in several.</param>
    /// <returns>The similarity.</returns>
    float Similarity(float distance);

    /// <summary>
    /// What a feature space adds, times its weight, to the sum that several spaces are searched by. It never falls as the distance grows.
    /// The default is the distance itself.
    /// </summary>
    /// <param name="distance">The distance in one space.</param>
    /// <returns>The term: a number or positive infinity.</returns>
    double SpaceTerm(float distance) => distance;

    /// <summary>The distance over several spaces. It never falls as the sum grows. The default is the sum itself.</summary>
    /// <param name="sum">Σ weight · <see cref="SpaceTerm"/>; the weights are above 0 and sum to 1.</param>
    /// <returns>The combined distance, not rounded. With one space alone it is the distance there.</returns>
    double CombineSpaces(double sum) => sum;
}
