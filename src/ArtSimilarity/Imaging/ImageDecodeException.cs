namespace ArtSimilarity.Imaging;

/// <summary>An image could not be decoded; says which and why. One bad image never ends a batch.</summary>
public sealed class ImageDecodeException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ImageDecodeException()
        : this("image", ImageDecodeError.Corrupt, "unknown reason")
    {
    }

    /// <summary>Creates the exception with a reason for an unnamed image.</summary>
    /// <param name="message">The reason.</param>
    public ImageDecodeException(string message)
        : this("image", ImageDecodeError.Corrupt, message)
    {
    }

    /// <summary>Creates the exception with a reason for an unnamed image and a cause.</summary>
    /// <param name="message">The reason.</param>
    /// <param name="innerException">The cause.</param>
    public ImageDecodeException(string message, Exception innerException)
        : this("image", ImageDecodeError.Corrupt, message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="imageName">The image's file or name.</param>
    /// <param name="error">The kind of failure.</param>
    /// <param name="reason">What is wrong, without the image's name.</param>
    /// <param name="innerException">The cause, if any.</param>
    public ImageDecodeException(string imageName, ImageDecodeError error, string reason, Exception? innerException = null)
        : base($"{imageName}: {reason}", innerException)
    {
        ImageName = imageName;
        Error = error;
        Reason = reason;
    }

    /// <summary>The image's file or name.</summary>
    public string ImageName { get; }

    /// <summary>The kind of failure.</summary>
    public ImageDecodeError Error { get; }

    /// <summary>What is wrong, without the image's name.</summary>
    public string Reason { get; }
}
