namespace SimArt.Api;

/// <summary>How works and what visitors wrote are told in answers. Paths of the host never are.</summary>
internal static class Shown
{
    private const int MaxText = 100;

    /// <summary>A text of a visitor, short enough to be repeated.</summary>
    public static string Text(string? text) => text is null ? "" : text.Length <= MaxText ? text : text[..MaxText] + "…";

    public static WorkAnswer Work(BrowsedWork work)
    {
        Painting painting = work.Painting;
        bool hasPicture = !string.IsNullOrEmpty(painting.ImageUri);
        return new WorkAnswer(painting.Key)
        {
            Title = painting.Title,
            Artists = painting.Artists,
            Genre = painting.Genre,
            Style = painting.Style,
            Date = painting.Date?.Text ?? painting.Year?.ToString(CultureInfo.InvariantCulture),
            Year = painting.Year,
            Tags = painting.Tags,
            Fields = painting.Fields,
            Thumbnail = hasPicture ? $"/images?id={work.ContentHash}" : null,
            Image = hasPicture ? $"/images?id={work.ContentHash}&size=1280" : null,
            Iiif = hasPicture ? $"/iiif/image/{work.ContentHash}" : null,
            Manifest = hasPicture ? $"/iiif/manifest?key={Uri.EscapeDataString(painting.Key)}" : null,
        };
    }

    public static WorkAnswer Work(Painting painting, BrowsedWorks works) =>
        works.Find(painting.Key) is BrowsedWork work
            ? Work(work)
            : new WorkAnswer(painting.Key) { Title = painting.Title, Artists = painting.Artists, Tags = painting.Tags, Fields = painting.Fields };

    public static double[] Numbers(ImageRegion region) => [region.X, region.Y, region.Width, region.Height];

    /// <summary>The region that a request names.</summary>
    /// <exception cref="ApiException">The numbers are no region within the picture.</exception>
    public static ImageRegion? Region(double[]? numbers, string field)
    {
        if (numbers is null)
        {
            return null;
        }

        try
        {
            return numbers is [double x, double y, double width, double height]
                ? new ImageRegion(x, y, Math.Min(width, 1 - x), Math.Min(height, 1 - y))
                : throw ApiException.BadRequest("A region is four numbers: x, y, width and height, from 0 to 1.", field);
        }
        catch (ArgumentException)
        {
            throw ApiException.BadRequest("A region lies within the picture: x, y, width and height are from 0 to 1, and width and height are above 0.", field);
        }
    }
}
