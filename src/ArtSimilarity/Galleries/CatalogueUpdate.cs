namespace ArtSimilarity.Galleries;

/// <summary>What happens to what a gallery knows of a work when it is added again.</summary>
public enum CatalogueUpdate
{
    /// <summary>What is given is taken over, and what is not given is kept (<see cref="Painting.UpdatedWith"/>).</summary>
    Merge,

    /// <summary>What is given takes the place of all that was known: fields that are not given are erased.</summary>
    Replace,
}
