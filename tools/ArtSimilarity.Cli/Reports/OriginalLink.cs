namespace ArtSimilarity.Cli.Reports;

/// <summary>The address by which a page links to the original of a picture.</summary>
internal static class OriginalLink
{
    /// <param name="imageUri">The path of a file, or a web address.</param>
    /// <param name="folder">The folder of the page; what lies in it is linked to by a relative address, so that both can be moved together.</param>
    /// <returns>The address, or <see langword="null"/> for what a page should not link to.</returns>
    public static string? Of(string? imageUri, string? folder)
    {
        if (string.IsNullOrWhiteSpace(imageUri))
        {
            return null;
        }

        if (imageUri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || imageUri.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return Uri.TryCreate(imageUri, UriKind.Absolute, out Uri? address) ? address.AbsoluteUri : null;
        }

        if (!Path.IsPathFullyQualified(imageUri))
        {
            return null; // of which folder is not known
        }

        string relative = folder is null ? imageUri : Path.GetRelativePath(folder, imageUri);
        bool isBeside = !Path.IsPathRooted(relative) && !relative.StartsWith("..", StringComparison.Ordinal);
        string[] parts = (isBeside ? relative : imageUri).Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        string escaped = string.Join('/', parts.Select((part, i) => i == 0 && part.EndsWith(':') ? part : Uri.EscapeDataString(part)));
        return isBeside ? "./" + escaped : "file://" + (escaped.StartsWith('/') ? "" : "/") + escaped;
    }
}
