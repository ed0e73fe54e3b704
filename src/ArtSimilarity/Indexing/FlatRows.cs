using System.Globalization;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Indexing;

/// <summary>What one search of a <see cref="FlatIndex"/> sees: rows below <paramref name="Count"/> never change.</summary>
/// <param name="Vectors">The vectors and ids; rows from <paramref name="Count"/> on belong to later snapshots.</param>
/// <param name="Scales">What each row's score is multiplied by, in blocks as the vectors.</param>
/// <param name="Norms">The length of each vector, in blocks as the vectors.</param>
/// <param name="Count">The number of rows, dead ones included.</param>
/// <param name="Dead">One bit per row that was removed; <see langword="null"/> when none was.</param>
/// <param name="LiveCount">The number of rows that can be found.</param>
/// <param name="MaxNorm">The length of the longest vector.</param>
internal sealed record FlatRows(VectorSet Vectors, float[][] Scales, double[][] Norms, int Count, ulong[]? Dead, int LiveCount, double MaxNorm)
{
    public bool IsDead(int row) => Dead is not null && (row >> 6) < Dead.Length && ((Dead[row >> 6] >> row) & 1) != 0;

    public float ScaleOf(int row) => Scales[row / Vectors.RowsPerBlock][row % Vectors.RowsPerBlock];

    public double NormOf(int row) => Norms[row / Vectors.RowsPerBlock][row % Vectors.RowsPerBlock];

    /// <summary>The distance that a search tells: summed in double precision where the metric has a measure, then rounded.</summary>
    /// <param name="row">The row.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="measure">The metric's measure.</param>
    /// <param name="query">The query.</param>
    /// <param name="queryNorm">The query's length; needed only where there is a measure.</param>
    /// <exception cref="SimilarityMetricException">The metric gave no distance that can be ordered.</exception>
    public float DistanceTo(int row, ISimilarityMetric metric, VectorMeasure? measure, ReadOnlySpan<float> query, double queryNorm)
    {
        float distance = measure is null
            ? metric.Distance(query, Vectors[row])
            : (float)metric.DistanceFrom(measure.Of(query, queryNorm, Vectors[row], NormOf(row)));
        return distance > float.NegativeInfinity
            ? distance
            : throw new SimilarityMetricException($"The metric '{metric.Name}' gave the distance {distance.ToString(CultureInfo.InvariantCulture)} from the query to the vector of id {Vectors.Ids[row]}: it must be a number or positive infinity.");
    }

    /// <summary>Lists the rows that live and may be returned, in ascending order, at the start of <paramref name="rows"/>.</summary>
    public Span<int> SelectLive(VectorSearchOptions options, Span<int> rows)
    {
        ReadOnlySpan<int> ids = Vectors.Ids[..Count];
        int selected = 0;
        for (int row = 0; row < ids.Length; row++)
        {
            if (options.Allows(ids[row]) && !IsDead(row))
            {
                rows[selected++] = row;
            }
        }

        return rows[..selected];
    }
}
