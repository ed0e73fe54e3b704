namespace ArtSimilarity.Indexing;

/// <summary>How near the answers of an index come to the true neighbours.</summary>
public enum VectorIndexAccuracy
{
    /// <summary>Every answer is exact.</summary>
    Exact,

    /// <summary>Answers are approximate, by the settings of the index. A demanded quality has no effect.</summary>
    Fixed,

    /// <summary>Answers are approximate, by measured settings or by a demanded quality. A quality of 1 gives exact answers.</summary>
    Adjustable,
}
