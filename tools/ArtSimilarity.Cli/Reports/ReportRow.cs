using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Reports;

/// <summary>A query and what was found for it.</summary>
internal sealed record ReportRow(ReportPicture Query, IReadOnlyList<ReportPicture> Neighbors, ImageRegion? Region)
{
    public static async Task<ReportRow> CreateAsync(
        Painting query, ImageSource? image, IReadOnlyList<SimilarPainting> found, Thumbnails thumbnails, ImageRegion? region, CancellationToken cancellationToken, IReadOnlyList<string>? spaces = null, Func<SimilarPainting, double?>? verified = null)
    {
        var asked = new ReportPicture(query, image is null ? await thumbnails.OfAsync(query.ImageUri, cancellationToken) : thumbnails.Of(image, cancellationToken));
        List<ReportPicture> neighbors = [];
        foreach (SimilarPainting result in found)
        {
            neighbors.Add(new ReportPicture(result.Painting, await thumbnails.OfAsync(result.Painting.ImageUri, cancellationToken), result.Distance, result.Similarity)
            {
                Parts = spaces is { Count: > 1 } ? [.. spaces.Zip(result.SpaceDistances)] : [],
                Verified = verified?.Invoke(result),
            });
        }

        return new ReportRow(asked, neighbors, region);
    }
}
