using ArtSimilarity.Imaging;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>Where in a work a detail lies, from the similarities of the windows that have signatures.</summary>
internal static class RegionPlace
{
    /// <summary>A window whose similarity is so much less than the best one's, as one over this, weighs e times less.</summary>
    private const float Sharpness = 30;

    /// <summary>
    /// The most similar window gives the size. Its place is the mean of it and of those of its size that overlap it by half of each side or more, weighted
    /// by similarity: finer than the steps between windows.
    /// </summary>
    /// <returns>The place; <see langword="null"/> where no signature is of a region.</returns>
    public static ImageRegion? Estimate(ISimilarityMetric metric, ReadOnlySpan<float> query, IReadOnlyList<Signature> signatures)
    {
        float[] similarities = new float[signatures.Count];
        int best = -1;
        for (int i = 0; i < similarities.Length; i++)
        {
            similarities[i] = metric.Similarity(metric.Distance(query, signatures[i].Vector.Span));
            best = signatures[i].Region is not null && (best < 0 || similarities[i] > similarities[best]) ? i : best;
        }

        if (best < 0)
        {
            return null;
        }

        ImageRegion found = signatures[best].Region!.Value;
        double x = 0, y = 0, total = 0;
        for (int i = 0; i < similarities.Length; i++)
        {
            if (signatures[i].Region is ImageRegion other && IsNeighbor(other, found))
            {
                double weight = Math.Exp(Sharpness * (similarities[i] - similarities[best]));
                (x, y, total) = (x + (weight * other.X), y + (weight * other.Y), total + weight);
            }
        }

        return new ImageRegion(Math.Clamp(x / total, 0, 1 - found.Width), Math.Clamp(y / total, 0, 1 - found.Height), found.Width, found.Height);
    }

    private static bool IsNeighbor(ImageRegion other, ImageRegion found)
    {
        const double Rounding = 1e-9;
        return Math.Abs(other.Width - found.Width) < Rounding && Math.Abs(other.Height - found.Height) < Rounding
            && Math.Abs(other.X - found.X) <= (found.Width / 2) + Rounding && Math.Abs(other.Y - found.Y) <= (found.Height / 2) + Rounding;
    }
}
