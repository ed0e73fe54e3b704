using System.Text.RegularExpressions;

namespace ArtSimilarity.Imaging;

/// <summary>A URI of the IIIF Image API whose image can be had in another size: the image information, or a request for the whole in full size.</summary>
/// <param name="Base">The URI of the image, which both begin with.</param>
/// <param name="IsImage">Whether it is a request for an image.</param>
/// <param name="Format">Rotation, quality and format to ask for: what stands behind the size.</param>
internal sealed partial record IiifImageUri(string Base, bool IsImage, string Format)
{
    private const string InformationName = "/info.json";

    /// <summary>The URI of the image information.</summary>
    public Uri Information => new(Base + InformationName);

    /// <summary>Reads a URI; <see langword="null"/> for any other.</summary>
    public static IiifImageUri? Parse(Uri uri)
    {
        string text = uri.GetLeftPart(UriPartial.Path);
        if (uri.Query.Length > 0)
        {
            return null;
        }

        if (text.EndsWith(InformationName, StringComparison.Ordinal))
        {
            return new IiifImageUri(text[..^InformationName.Length], IsImage: false, "0/default.jpg");
        }

        Match match = WholeImage().Match(text);
        return match.Success ? new IiifImageUri(match.Groups["base"].Value, IsImage: true, match.Groups["format"].Value) : null;
    }

    /// <summary>The request for the whole image in a size.</summary>
    /// <param name="size">The size as the API writes it.</param>
    public Uri WithSize(string size) => new($"{Base}/full/{size}/{Format}");

    // A turned image has its sides exchanged, so that only an upright one can be sized by them.
    [GeneratedRegex(@"^(?<base>.+)/full/(?:full|max)/(?<format>0/(?:default|color|gray|bitonal)\.(?:jpg|png|webp|tif|gif))$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex WholeImage();
}
