using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>Which pictures of works may be opened: files, and those on the web whose hosts are named.</summary>
/// <param name="Hosts">The hosts of <c>--allow-http</c>; empty opens files alone.</param>
/// <param name="AllowPrivateAddresses">Whether these hosts may have addresses that are not public.</param>
internal sealed record ImageAccess(IReadOnlyList<string> Hosts, bool AllowPrivateAddresses)
{
    public static ImageAccess Files { get; } = new([], false);

    /// <summary>Whether a text is the address of a picture on the web.</summary>
    public static bool IsWebAddress(string text) =>
        text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>An opener that keeps to this; dispose it where it can be disposed.</summary>
    /// <param name="maxBytes">The longest picture; <see langword="null"/> for the default of the package.</param>
    public IImageOpener NewOpener(long? maxBytes)
    {
        if (Hosts.Count == 0)
        {
            return new FilesAloneOpener();
        }

        var options = new HttpImageOpenerOptions { AllowPrivateAddresses = AllowPrivateAddresses, UserAgent = "artsim" };
        options.MaxBytes = maxBytes ?? options.MaxBytes;
        options.AllowedHosts.UnionWith(Hosts);
        return new HttpImageOpener(options);
    }
}
