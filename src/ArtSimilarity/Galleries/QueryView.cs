using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>
/// One view of what is asked for: an image or a region of one, a work of the gallery or a region of it, or signatures that are there already.
/// Never changes.
/// </summary>
public sealed class QueryView
{
    private QueryView()
    {
    }

    /// <summary>The encoded image; <see langword="null"/> where the view is of something else.</summary>
    public ImageSource? Image { get; private init; }

    /// <summary>The key of a work of the gallery; <see langword="null"/> where the view is of something else.</summary>
    public string? Key { get; private init; }

    /// <summary>The part of the image or of the work that counts; <see langword="null"/> for the whole.</summary>
    public ImageRegion? Region { get; private init; }

    /// <summary>The signatures, at most one for each feature space; empty where the view is of something else.</summary>
    public IReadOnlyList<Signature> Signatures { get; private init; } = [];

    /// <summary>A view of an image.</summary>
    /// <param name="image">The encoded image. Views of one image that are given the same instance are decoded once together.</param>
    /// <param name="region">The part of it that counts; <see langword="null"/> for the whole.</param>
    /// <returns>The view.</returns>
    public static QueryView OfImage(ImageSource image, ImageRegion? region = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new QueryView { Image = image, Region = region };
    }

    /// <summary>A view of a work of the gallery.</summary>
    /// <param name="key">The key of the work.</param>
    /// <param name="region">
    /// The part of its picture that counts: the picture is then opened (<see cref="IImageOpener"/>). <see langword="null"/> takes the stored
    /// signatures of the whole.
    /// </param>
    /// <returns>The view.</returns>
    public static QueryView OfWork(string key, ImageRegion? region = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return new QueryView { Key = key, Region = region };
    }

    /// <summary>A view whose signatures are there already.</summary>
    /// <param name="signatures">One for each feature space that is searched, at least one.</param>
    /// <returns>The view.</returns>
    /// <exception cref="ArgumentException">There is no signature, one is <see langword="null"/>, or two are in one space.</exception>
    public static QueryView OfSignatures(params IReadOnlyList<Signature> signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        Signature[] copy = [.. signatures];
        if (copy.Length == 0 || copy.Contains(null))
        {
            throw new ArgumentException("A view needs signatures, and none may be null.", nameof(signatures));
        }

        EntryValidation.ThrowIfNotDistinct(Array.ConvertAll(copy, signature => signature.Space), nameof(signatures));
        return new QueryView { Signatures = copy };
    }
}
