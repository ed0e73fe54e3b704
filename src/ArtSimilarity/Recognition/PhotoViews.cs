using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>Makes the views by which a photograph is searched: a work that fills a part of it must look as it does in the gallery in one of them.</summary>
public static class PhotoViews
{
    private static readonly double[] MiddleCrops = [0.8, 0.64, 0.5];
    private static readonly double[] Insets = [0.06];

    /// <summary>The views of a photograph: the whole, crops about the middle, and the pictures found in it.</summary>
    /// <param name="photo">The photograph; not changed.</param>
    /// <param name="maxPictures">How many found outlines are looked at; each gives two views; 0 for none.</param>
    /// <param name="cancellationToken">Cancels the search for outlines.</param>
    /// <returns>At most <c>4 + 2 × maxPictures</c> views, those of found pictures first.</returns>
    public static IReadOnlyList<PhotoView> OfPhoto(RgbImage photo, int maxPictures = 4, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentOutOfRangeException.ThrowIfNegative(maxPictures);
        List<PhotoView> views = [];
        if (maxPictures > 0)
        {
            foreach (FoundPicture picture in PictureFinder.Find(photo, maxPictures, cancellationToken))
            {
                views.Add(new PhotoView(PhotoViewKind.FoundPicture, picture.Outline));
                views.AddRange(Insets.Select(inset => new PhotoView(PhotoViewKind.InsideFoundPicture, Inside(picture.Outline, inset))));
            }
        }

        views.Add(Whole);
        views.AddRange(MiddleCrops.Select(side => Crop((1 - side) / 2, (1 - side) / 2, side)));
        return views;
    }

    /// <summary>The view of the image as it is.</summary>
    public static PhotoView Whole { get; } = new(PhotoViewKind.Whole, Quadrilateral.FromRegion(new ImageRegion(0, 0, 1, 1)));

    /// <summary>Each view, and behind them each one mirrored.</summary>
    /// <param name="views">The views.</param>
    /// <returns>Twice as many.</returns>
    public static IReadOnlyList<PhotoView> WithMirrored(IReadOnlyList<PhotoView> views)
    {
        ArgumentNullException.ThrowIfNull(views);
        return [.. views, .. views.Select(view => view with { IsMirrored = !view.IsMirrored })];
    }

    private static PhotoView Crop(double x, double y, double side) => new(PhotoViewKind.Crop, Quadrilateral.FromRegion(new ImageRegion(x, y, side, side)));

    private static Quadrilateral Inside(Quadrilateral outline, double inset)
    {
        PerspectiveTransform map = PerspectiveTransform.FromUnitSquare(outline);
        return new Quadrilateral(map.Map(new(inset, inset)), map.Map(new(1 - inset, inset)), map.Map(new(1 - inset, 1 - inset)), map.Map(new(inset, 1 - inset)));
    }
}
