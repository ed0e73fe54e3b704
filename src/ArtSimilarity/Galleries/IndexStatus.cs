namespace ArtSimilarity.Galleries;

/// <summary>How it stands with the derived index of a feature space. Searches find every work in each of these states.</summary>
public enum IndexStatus
{
    /// <summary>The space has no index: the gallery has none, or fewer works than <see cref="GalleryOptions.ApproximateFrom"/>. An exact scan answers.</summary>
    None,

    /// <summary>None is open yet. The first search, or <see cref="Gallery.PrepareAsync"/>, opens or builds it.</summary>
    NotOpen,

    /// <summary>A build runs. The former index answers, or an exact scan where there is none.</summary>
    Building,

    /// <summary>The index has every work.</summary>
    Current,

    /// <summary>Works were written or removed since the build. Searches look through the new ones beside the index.</summary>
    Behind,

    /// <summary>The last build failed. The former index answers, or an exact scan where there is none. A search tries again later.</summary>
    Failed,
}
