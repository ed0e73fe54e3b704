namespace ArtSimilarity.Recognition;

/// <summary>How a view of a query came about.</summary>
public enum PhotoViewKind
{
    /// <summary>The image as it is.</summary>
    Whole,

    /// <summary>A rectangle cut out of the image, on no evidence.</summary>
    Crop,

    /// <summary>An outline that <see cref="PictureFinder"/> found, rectified.</summary>
    FoundPicture,

    /// <summary>The inner part of a found outline, without what may be its frame.</summary>
    InsideFoundPicture,
}
