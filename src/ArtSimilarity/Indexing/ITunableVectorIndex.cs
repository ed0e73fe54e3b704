namespace ArtSimilarity.Indexing;

/// <summary>An approximate index whose searches trade quality for time.</summary>
/// <remarks>
/// Quality is that of "A Deep Learning Approach for Painting Retrieval Based on Genre Similarity" (ICIAP 2023 workshops): the k
/// neighbours found sit at the exact ranks n₁ &lt; … &lt; n_k, and Q = (1/k)·Σ p/n_p.
/// </remarks>
public interface ITunableVectorIndex : ILocalVectorIndex
{
    /// <summary>The measured settings the index goes by, as text in a form of its own (JSON), to be kept with the gallery.</summary>
    /// <value><see langword="null"/>, the default: those the index was built with. Searches that are under way end with the former.</value>
    /// <exception cref="FormatException">The text cannot be read, or was measured on an index it does not fit; what was set before stays.</exception>
    string? Tuning { get; set; }

    /// <summary>Finds the vectors nearest to a query, so that the expected quality is at least the one asked for.</summary>
    /// <param name="query">A vector of <see cref="IVectorIndex.Dimensions"/> finite numbers.</param>
    /// <param name="results">Receives the neighbours, nearest first, equal distances by ascending id; its length is k.</param>
    /// <param name="filter">The ids that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="quality">The quality, above 0 and at most 1; 1 compares with every vector that may be returned, and the answer is exact.</param>
    /// <returns>How many neighbours were written: less than <c>results.Length</c> only when fewer exist.</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another length or a number that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="quality"/> is not above 0 and at most 1.</exception>
    int Search(ReadOnlySpan<float> query, Span<Neighbor> results, IdSet? filter, double quality);
}
