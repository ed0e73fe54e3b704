namespace ArtSimilarity.Galleries;

/// <summary>Works that a search leaves out, although the filter lets them pass: those that are found anyway, or known already.</summary>
/// <remarks>
/// “The query's works” are the works of the gallery that the query wants: that of a search by key, and those of the wanted parts of a
/// <see cref="GalleryQuery"/>. An image or a signature is no such work. Names are compared as <see cref="LabelFolding"/> folds them.
/// </remarks>
public sealed record ResultExclusions
{
    /// <summary>Whether to leave out works whose image has the same content as that of one of the query's works: its copies under other keys.</summary>
    public bool SameImage { get; init; }

    /// <summary>Whether to leave out works of which an artist is one of the query's works' too.</summary>
    public bool SameArtist { get; init; }

    /// <summary>Whether to leave out works with the title of one of the query's works.</summary>
    public bool SameTitle { get; init; }

    /// <summary>Artists whose works are left out.</summary>
    public IReadOnlyList<string> Artists { get; init; } = [];

    /// <summary>Titles of works that are left out.</summary>
    public IReadOnlyList<string> Titles { get; init; } = [];

    /// <summary>Keys of works that are left out.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];
}
