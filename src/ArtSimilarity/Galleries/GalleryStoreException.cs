namespace ArtSimilarity.Galleries;

/// <summary>A gallery store cannot be opened or used; names the file and what is wrong.</summary>
public sealed class GalleryStoreException : Exception
{
    /// <summary>Creates the exception.</summary>
    public GalleryStoreException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">Names the store and what is wrong.</param>
    public GalleryStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">Names the store and what is wrong.</param>
    /// <param name="innerException">The cause.</param>
    public GalleryStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// Whether the gallery was moved, deleted, replaced or put back to an earlier state while it was open. What was written before may be gone.
    /// </summary>
    public bool IsReplaced { get; init; }

    /// <summary>The keys of works that a call had written and that are gone with the former gallery; empty where none are, or none are known.</summary>
    public IReadOnlyList<string> LostKeys { get; init; } = [];
}
