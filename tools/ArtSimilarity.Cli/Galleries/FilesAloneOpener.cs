using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>Opens files, and says by which option pictures on the web are opened.</summary>
internal sealed class FilesAloneOpener : IImageOpener
{
    private readonly FileImageOpener _files = new();

    public ValueTask<ImageSource> OpenAsync(string imageUri, ImageSize? minimumSize = null, CancellationToken cancellationToken = default) =>
        ImageAccess.IsWebAddress(imageUri)
            ? throw new ImageDecodeException(imageUri, ImageDecodeError.Refused, "pictures on the web are not read unless --allow-http HOST names their host")
            : _files.OpenAsync(imageUri, minimumSize, cancellationToken);
}
