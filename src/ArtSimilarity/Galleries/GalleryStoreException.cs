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
}
