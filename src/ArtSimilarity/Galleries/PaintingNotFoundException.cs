namespace ArtSimilarity.Galleries;

/// <summary>A gallery has no work under a key, or none with a signature in the feature space asked for.</summary>
public sealed class PaintingNotFoundException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PaintingNotFoundException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">Names the key.</param>
    public PaintingNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">Names the key.</param>
    /// <param name="innerException">The cause.</param>
    public PaintingNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
