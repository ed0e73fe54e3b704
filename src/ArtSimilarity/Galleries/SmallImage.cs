using System.Globalization;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>Tells of pictures so small that a model looks at little else than its own enlarging of them.</summary>
internal static class SmallImage
{
    /// <summary>A picture whose sides are below this share of what a model looks at is one.</summary>
    private const int SmallestShare = 3;

    /// <summary>What is to be said of a decoded image; <see langword="null"/> when it is large enough.</summary>
    /// <param name="image">The image, never enlarged by its decoder.</param>
    /// <param name="input">What the model looks at.</param>
    public static string? Describe(RgbImage image, ImageSize input) =>
        image.Width * SmallestShare < input.Width || image.Height * SmallestShare < input.Height
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the picture is small: {image.Width}×{image.Height} pixels where the model looks at {input.Width}×{input.Height}, so larger versions of it may not be found")
            : null;
}
