using ArtSimilarity.Imaging;

namespace ArtSimilarity.EncodedImages;

/// <summary>The size an image is decoded at, so that it (or a region of it) just covers a minimum.</summary>
internal static class CoveringSize
{
    /// <summary>The smallest size of the whole upright image at which the region covers the minimum.</summary>
    public static ImageSize Of(ImageSize full, ImageSize? minimumSize, ImageRegion? region)
    {
        if (minimumSize is not { } minimum)
        {
            return full;
        }

        ImageSize part = PartSize(full, region);

        // Rounding a region to whole pixels can cost it up to a pixel a side; the margin makes up for it.
        for (int margin = 0; ; margin++)
        {
            double scale = Math.Max((double)(minimum.Width + margin) / part.Width, (double)(minimum.Height + margin) / part.Height);
            if (scale >= 1)
            {
                return full;
            }

            var size = new ImageSize((int)Math.Ceiling((full.Width * scale) - 1e-6), (int)Math.Ceiling((full.Height * scale) - 1e-6));
            ImageSize scaledPart = PartSize(size, region);
            if (scaledPart.Width >= minimum.Width && scaledPart.Height >= minimum.Height)
            {
                return size;
            }
        }
    }

    private static ImageSize PartSize(ImageSize whole, ImageRegion? region)
    {
        if (region is not { } part)
        {
            return whole;
        }

        (_, _, int width, int height) = part.ToPixels(whole);
        return new ImageSize(width, height);
    }
}
