using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>
/// One thing that is wanted, or not wanted, seen in one or several views: the crops of a photograph, say. A work is as far from the part as from
/// the nearest of its views. Never changes.
/// </summary>
public sealed class QueryPart
{
    private readonly double _weight = 1;

    /// <summary>Creates a part.</summary>
    /// <param name="views">Its views, at least one.</param>
    /// <exception cref="ArgumentException">There is no view, or one is <see langword="null"/>.</exception>
    public QueryPart(params IReadOnlyList<QueryView> views)
    {
        ArgumentNullException.ThrowIfNull(views);
        QueryView[] copy = [.. views];
        Views = copy.Length > 0 && !copy.Contains(null)
            ? copy
            : throw new ArgumentException("A part of a query needs views, and none may be null.", nameof(views));
    }

    /// <summary>The views.</summary>
    public IReadOnlyList<QueryView> Views { get; }

    /// <summary>Whether works like this are wanted; otherwise they are pushed away.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool IsWanted { get; init; } = true;

    /// <summary>
    /// How much the part counts. Of wanted parts only the ratios of the weights matter. Of one that is not wanted it is how strongly it
    /// pushes away, see <see cref="GalleryQuery"/>.
    /// </summary>
    /// <value>The default is 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a finite number above 0.</exception>
    public double Weight
    {
        get => _weight;
        init => _weight = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The weight of a part must be a finite number above 0.");
    }

    /// <summary>A part of one image in one view.</summary>
    /// <param name="image">The encoded image.</param>
    /// <param name="region">The part of it that counts; <see langword="null"/> for the whole.</param>
    /// <returns>The part, wanted, with weight 1.</returns>
    public static QueryPart OfImage(ImageSource image, ImageRegion? region = null) => new(QueryView.OfImage(image, region));

    /// <summary>A part of one work of the gallery in one view.</summary>
    /// <param name="key">The key of the work.</param>
    /// <param name="region">The part of its picture that counts; <see langword="null"/> for the whole.</param>
    /// <returns>The part, wanted, with weight 1.</returns>
    public static QueryPart OfWork(string key, ImageRegion? region = null) => new(QueryView.OfWork(key, region));

    /// <summary>A part of one view whose signatures are there already.</summary>
    /// <param name="signatures">One for each feature space that is searched, at least one.</param>
    /// <returns>The part, wanted, with weight 1.</returns>
    public static QueryPart OfSignatures(params IReadOnlyList<Signature> signatures) => new(QueryView.OfSignatures(signatures));
}
