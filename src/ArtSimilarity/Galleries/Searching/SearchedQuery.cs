namespace ArtSimilarity.Galleries.Searching;

/// <summary>A query once its signatures are there.</summary>
/// <param name="Spaces">The spaces to search, with weights that sum to 1.</param>
/// <param name="Vectors">The signature of each view in each space, view by view.</param>
/// <param name="Shape">How the views belong to parts.</param>
/// <param name="OwnKeys">The keys of the works that are part of the query.</param>
/// <param name="WantedKeys">Those of them that are wanted.</param>
internal readonly record struct SearchedQuery(SpaceWeight[] Spaces, ReadOnlyMemory<float>[] Vectors, QueryShape Shape, string[] OwnKeys, string[] WantedKeys)
{
    /// <summary>A query of one view.</summary>
    public SearchedQuery(SpaceWeight[] spaces, ReadOnlyMemory<float>[] vectors, string? ownKey)
        : this(spaces, vectors, QueryShape.Plain, ownKey is null ? [] : [ownKey], [])
    {
        WantedKeys = OwnKeys;
    }

    /// <summary>Whether it is one signature in one space, which an index answers by itself.</summary>
    public bool IsPlain => Vectors.Length == 1;
}
