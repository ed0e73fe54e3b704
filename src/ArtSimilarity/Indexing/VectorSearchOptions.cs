namespace ArtSimilarity.Indexing;

/// <summary>What a search of an index may return, and how near to the truth its answer has to be.</summary>
/// <remarks>The default allows everything and leaves the accuracy to the index.</remarks>
public readonly record struct VectorSearchOptions
{
    /// <summary>The ids that may be returned; ids that the index does not hold are passed over.</summary>
    /// <value><see langword="null"/>, the default, allows all. The set must not change during the search.</value>
    public IdSet? Allowed { get; init; }

    /// <summary>The ids that may not be returned, though <see cref="Allowed"/> may hold them; those that the index does not hold are passed over.</summary>
    /// <value>
    /// <see langword="null"/>, the default, excludes none. The set must not change during the search. A frozen one that comes with many
    /// searches costs least.
    /// </value>
    public IdSet? Excluded { get; init; }

    /// <summary>The expected quality that the answer has to reach, above 0 and at most 1; with 1 it is exact.</summary>
    /// <value>
    /// <see langword="null"/>, the default, leaves it to the index. An index whose accuracy is <see cref="VectorIndexAccuracy.Exact"/> or
    /// <see cref="VectorIndexAccuracy.Fixed"/> passes it over.
    /// </value>
    /// <remarks>
    /// Quality is that of "A Deep Learning Approach for Painting Retrieval Based on Genre Similarity" (ICIAP 2023 workshops): the k
    /// neighbours found sit at the exact ranks n₁ &lt; … &lt; n_k, and Q = (1/k)·Σ p/n_p.
    /// </remarks>
    public double? Quality { get; init; }

    /// <summary>Whether an id may be returned.</summary>
    /// <param name="id">The id.</param>
    /// <returns>Whether it is allowed and not excluded.</returns>
    public bool Allows(int id) => (Allowed is null || Allowed.Contains(id)) && Excluded?.Contains(id) != true;
}
