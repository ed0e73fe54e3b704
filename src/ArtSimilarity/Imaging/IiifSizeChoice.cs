using System.Globalization;

namespace ArtSimilarity.Imaging;

/// <summary>Decides in which size an image is asked for from a server of the IIIF Image API.</summary>
internal static class IiifSizeChoice
{
    /// <summary>The smallest size that covers what is needed; the full size where there is no smaller one.</summary>
    /// <param name="image">What the server tells of the image.</param>
    /// <param name="minimum">The size to cover; <see langword="null"/> asks for the full size.</param>
    /// <returns>The size as the API writes it, for <see cref="IiifImageUri.WithSize"/>.</returns>
    public static string Choose(IiifInformation image, ImageSize? minimum)
    {
        string full = image.Version == 3 ? "max" : "full";
        if (minimum is not { } needed)
        {
            return full;
        }

        if (image.HasOnlySizes)
        {
            ImageSize[] covering = [.. image.Sizes.Where(size => size.Width >= needed.Width && size.Height >= needed.Height).OrderBy(size => size.Width)];
            return covering.Length == 0 || covering[0].Width >= image.Size.Width ? full
                : image.Version == 3 ? string.Create(CultureInfo.InvariantCulture, $"{covering[0].Width},{covering[0].Height}")
                : string.Create(CultureInfo.InvariantCulture, $"{covering[0].Width},");
        }

        double scale = Math.Max((double)needed.Width / image.Size.Width, (double)needed.Height / image.Size.Height);
        int width = (int)Math.Ceiling(Math.Min(1, scale) * image.Size.Width);
        return width >= image.Size.Width ? full : width > image.MaxWidth ? "max" : string.Create(CultureInfo.InvariantCulture, $"{width},");
    }
}
