using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Reports;

/// <summary>A query and what was found for it.</summary>
internal sealed record ReportRow(ReportPicture Query, IReadOnlyList<ReportPicture> Neighbors, ImageRegion? Region)
{
    public static ReportRow Create(Painting query, ImageSource? image, IReadOnlyList<SimilarPainting> found, Thumbnails thumbnails, ImageRegion? region, CancellationToken cancellationToken, IReadOnlyList<string>? spaces = null) => new(
        new ReportPicture(query, image is null ? thumbnails.Of(query.ImageUri, cancellationToken) : thumbnails.Of(image, cancellationToken)),
        [.. found.Select(result => new ReportPicture(result.Painting, thumbnails.Of(result.Painting.ImageUri, cancellationToken), result.Distance, result.Similarity)
        {
            Parts = spaces is { Count: > 1 } ? [.. spaces.Zip(result.SpaceDistances)] : [],
        })],
        region);
}
