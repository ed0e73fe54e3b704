using System.Globalization;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>What is to be known of a picture that is used all the same: it is damaged, or so small that a model looks at its own enlarging of it.</summary>
internal static class ImageWarning
{
    /// <summary>A picture whose sides are below this share of what a model looks at is one.</summary>
    private const int SmallestShare = 3;

    /// <summary>What is to be said of a decoded image; <see langword="null"/> when there is nothing.</summary>
    /// <param name="image">The image, never enlarged by its decoder.</param>
    /// <param name="input">What the model looks at.</param>
    public static string? Describe(RgbImage image, ImageSize input)
    {
        string? small = image.Width * SmallestShare < input.Width || image.Height * SmallestShare < input.Height
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the picture is small: {image.Width}×{image.Height} pixels where the model looks at {input.Width}×{input.Height}, so larger versions of it may not be found")
            : null;
        string? damage = image.Damage is null ? null : $"the picture is damaged: {image.Damage}";
        return small is null ? damage : damage is null ? small : $"{damage}; {small}";
    }
}
