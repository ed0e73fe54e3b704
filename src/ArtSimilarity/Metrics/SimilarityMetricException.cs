namespace ArtSimilarity.Metrics;

/// <summary>A metric gave what no search can order by: it breaks the contract of <see cref="ISimilarityMetric"/>.</summary>
public sealed class SimilarityMetricException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public SimilarityMetricException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">Names the metric and what it gave.</param>
    public SimilarityMetricException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">Names the metric and what it gave.</param>
    /// <param name="innerException">The cause.</param>
    public SimilarityMetricException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
