namespace ArtSimilarity.Imaging;

/// <summary>Opens files, by path or by <c>file://</c> URI, and nothing else: what a gallery uses where no other opener is given.</summary>
/// <remarks>A relative path counts from the current folder. A <c>file://</c> URI of another machine is refused.</remarks>
public sealed class FileImageOpener : IImageOpener
{
    /// <inheritdoc/>
    public ValueTask<ImageSource> OpenAsync(string imageUri, ImageSize? minimumSize = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(imageUri);
        cancellationToken.ThrowIfCancellationRequested();
        if (SchemeOf(imageUri) is not string scheme)
        {
            return new(ImageSource.FromFile(imageUri));
        }

        if (!scheme.Equals(Uri.UriSchemeFile, StringComparison.OrdinalIgnoreCase))
        {
            throw new ImageDecodeException(
                imageUri, ImageDecodeError.Refused, $"only files are opened here, and '{scheme}' is another scheme: register an opener for it, e.g. AddHttpImageOpener()");
        }

        if (!Uri.TryCreate(imageUri, UriKind.Absolute, out Uri? uri) || !(uri.Host.Length == 0 || uri.IsLoopback))
        {
            throw new ImageDecodeException(imageUri, ImageDecodeError.Refused, "the URI names no file of this machine");
        }

        return new(ImageSource.FromFile(uri.LocalPath));
    }

    /// <summary>What stands before <c>://</c>; <see langword="null"/> for a path.</summary>
    internal static string? SchemeOf(string imageUri)
    {
        int end = imageUri.IndexOf("://", StringComparison.Ordinal);
        return end > 0 && Uri.CheckSchemeName(imageUri[..end]) ? imageUri[..end] : null;
    }
}
