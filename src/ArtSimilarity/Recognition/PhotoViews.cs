using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>Makes the views by which a photograph is searched: a work that fills a part of it must look as it does in the gallery in one of them.</summary>
public static class PhotoViews
{
    private static readonly double[] MiddleCrops = [0.8, 0.64, 0.5];
    private const double Inset = 0.06, WideInset = 0.12, CornerCrop = 0.6;

    /// <summary>The views of a photograph: the whole, crops about the middle, and the pictures found in it.</summary>
    /// <param name="photo">The photograph; not changed.</param>
    /// <param name="maxPictures">How many found outlines are looked at; each gives two views; 0 for none.</param>
    /// <param name="cancellationToken">Cancels the search for outlines.</param>
    /// <returns>At most <c>4 + 2 × maxPictures</c> views, those of found pictures first.</returns>
    public static IReadOnlyList<PhotoView> OfPhoto(RgbImage photo, int maxPictures = 4, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentOutOfRangeException.ThrowIfNegative(maxPictures);
        IEnumerable<Quadrilateral> outlines = maxPictures == 0 ? [] : PictureFinder.Find(photo, maxPictures, cancellationToken).Select(picture => picture.Outline);
        return
        [
            .. outlines.SelectMany(outline => (PhotoView[])[new(PhotoViewKind.FoundPicture, outline), InsideOf(outline, Inset)]),
            Whole,
            .. MiddleCrops.Select(side => Crop((1 - side) / 2, (1 - side) / 2, side)),
        ];
    }

    /// <summary>
    /// Views to try where those of <see cref="OfPhoto"/> found nothing: the same outlines without wider frames, less likely outlines, and crops at the
    /// corners.
    /// </summary>
    /// <param name="photo">The photograph; not changed.</param>
    /// <param name="maxPictures">What was given to <see cref="OfPhoto"/>: as many further outlines are looked at.</param>
    /// <param name="cancellationToken">Cancels the search for outlines.</param>
    /// <returns>At most <c>4 + 3 × maxPictures</c> views.</returns>
    public static IReadOnlyList<PhotoView> FurtherOfPhoto(RgbImage photo, int maxPictures = 4, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentOutOfRangeException.ThrowIfNegative(maxPictures);
        Quadrilateral[] outlines = maxPictures == 0 ? [] : [.. PictureFinder.Find(photo, 2 * maxPictures, cancellationToken).Select(picture => picture.Outline)];
        return
        [
            .. outlines.Take(maxPictures).Select(outline => InsideOf(outline, WideInset)),
            .. outlines.Skip(maxPictures).SelectMany(outline => (PhotoView[])[new(PhotoViewKind.FoundPicture, outline), InsideOf(outline, Inset)]),
            Crop(0, 0, CornerCrop),
            Crop(1 - CornerCrop, 0, CornerCrop),
            Crop(0, 1 - CornerCrop, CornerCrop),
            Crop(1 - CornerCrop, 1 - CornerCrop, CornerCrop),
        ];
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

    /// <summary>Extracts views of an image, as one part of a query: a work is as near as the nearest of them.</summary>
    /// <param name="image">The image; not changed. <see cref="SimilarPainting.ViewIndex"/> says which of the views a result is nearest to.</param>
    /// <param name="views">The views, at least one.</param>
    /// <param name="extractors">The extractors, at least one: each view gets a signature of each.</param>
    /// <param name="threads">How many threads to use, at least 1.</param>
    /// <param name="cancellationToken">Cancels the extraction.</param>
    /// <exception cref="ArgumentException">There is no view, or no extractor.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is below 1.</exception>
    /// <exception cref="FeatureExtractionException">A view has no signature.</exception>
    /// <exception cref="OperationCanceledException">The extraction was cancelled.</exception>
    public static async Task<QueryPart> ToQueryPartAsync(
        RgbImage image, IReadOnlyList<PhotoView> views, IReadOnlyList<IFeatureExtractor> extractors, int threads = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(views);
        ArgumentNullException.ThrowIfNull(extractors);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (extractors.Count == 0)
        {
            throw new ArgumentException("Views need at least one extractor.", nameof(extractors));
        }

        // One view at a time: a batch would be no faster, and would leave threads idle at the end.
        var signatures = new Signature[views.Count][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, views.Count, parallel, async (i, stop) =>
        {
            signatures[i] = new Signature[extractors.Count];
            for (int e = 0; e < extractors.Count; e++)
            {
                using RgbImage view = views[i].Render(image, extractors[e].InputSize);
                float[] vector = new float[extractors[e].Space.Dimensions];
                await extractors[e].ExtractAsync(new[] { view }, vector, stop).ConfigureAwait(false);
                signatures[i][e] = Signature.OfImage(extractors[e].Space, vector, 0, 1);
            }
        }).ConfigureAwait(false);
        return new QueryPart([.. signatures.Select(ofView => QueryView.OfSignatures(ofView))]);
    }

    private static PhotoView Crop(double x, double y, double side) => new(PhotoViewKind.Crop, Quadrilateral.FromRegion(new ImageRegion(x, y, side, side)));

    private static PhotoView InsideOf(Quadrilateral outline, double inset)
    {
        PerspectiveTransform map = PerspectiveTransform.FromUnitSquare(outline);
        return new PhotoView(
            PhotoViewKind.InsideFoundPicture, new Quadrilateral(map.Map(new(inset, inset)), map.Map(new(1 - inset, inset)), map.Map(new(1 - inset, 1 - inset)), map.Map(new(inset, 1 - inset))));
    }
}
