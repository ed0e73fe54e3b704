using ArtSimilarity.Features;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>Gets the signatures that a query is searched by: those of images by extraction, those of works from the store.</summary>
internal sealed class QuerySignatures(IGalleryStore store, IImageOpener opener, QueryExtraction extraction)
{
    /// <summary>Opens the images of works.</summary>
    public IImageOpener Opener => opener;

    /// <summary>The works of the gallery that parts are made of, each once.</summary>
    public static string[] KeysOf(IEnumerable<QueryPart> parts) =>
        [.. parts.SelectMany(part => part.Views).Select(view => view.Key).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>The space of all signatures of a query whose views have one signature each, and nothing else; otherwise <see langword="null"/>.</summary>
    public static FeatureSpace? OnlySpaceOf(GalleryQuery query)
    {
        FeatureSpace?[] spaces = [.. query.Parts.SelectMany(part => part.Views).Select(view => view.Signatures is [Signature one] ? one.Space : null).Distinct()];
        return spaces is [FeatureSpace only] ? only : null;
    }

    /// <summary>The signature of each view of a query in each space, view by view, and what is to be known of its images.</summary>
    public async ValueTask<(ReadOnlyMemory<float>[] Vectors, IReadOnlyList<string> Warnings)> ReadAsync(
        GalleryQuery query, SpaceWeight[] spaces, CancellationToken cancellationToken)
    {
        QueryView[] views = [.. query.Parts.SelectMany(part => part.Views)];
        var vectors = new ReadOnlyMemory<float>[views.Length * spaces.Length];
        List<string> warnings = [];

        // What costs nothing first: its mistakes are found before an image is opened.
        foreach ((int number, QueryView view) in views.Index())
        {
            if (view.Signatures.Count > 0)
            {
                Array.ConvertAll(spaces, space => VectorIn(view, space.Space)).CopyTo(vectors, number * spaces.Length);
            }
            else if (view is { Key: string key, Region: null })
            {
                (await ReadOfWorkAsync(key, spaces, cancellationToken).ConfigureAwait(false)).CopyTo(vectors, number * spaces.Length);
            }
        }

        FeatureSpace[] named = Array.ConvertAll(spaces, space => space.Space);
        foreach (IGrouping<object, (int Number, QueryView View)> sameImage in views.Index()
            .Where(each => each.Item.Image is not null || each.Item.Region is not null)
            .GroupBy(each => (object?)each.Item.Image ?? each.Item.Key!))
        {
            Func<ImageSize, CancellationToken, ValueTask<ImageSource>> open;
            if (sameImage.Key is ImageSource image)
            {
                open = (_, _) => new(image);
            }
            else
            {
                string uri = await ReadImageUriAsync((string)sameImage.Key, cancellationToken).ConfigureAwait(false);
                open = (size, cancellation) => opener.OpenAsync(uri, size, cancellation);
            }

            (ReadOnlyMemory<float>[] extracted, string? warning) = await extraction.ExtractAsync(
                open, [.. sameImage.Select(each => each.View.Region)], named, cancellationToken).ConfigureAwait(false);
            foreach ((int place, (int number, QueryView _)) in sameImage.Index())
            {
                Array.Copy(extracted, place * spaces.Length, vectors, number * spaces.Length, spaces.Length);
            }

            if (warning is not null)
            {
                warnings.Add(warning);
            }
        }

        return (vectors, warnings);
    }

    /// <summary>A work's signatures in several spaces, all of the same image.</summary>
    /// <exception cref="PaintingNotFoundException">There is no such work, or it has no signature in one of them.</exception>
    public async ValueTask<ReadOnlyMemory<float>[]> ReadOfWorkAsync(string key, SpaceWeight[] spaces, CancellationToken cancellationToken)
    {
        while (true)
        {
            string? hash = spaces.Length == 1 ? null : await ReadContentHashAsync(key, cancellationToken).ConfigureAwait(false);
            var vectors = new ReadOnlyMemory<float>[spaces.Length];
            for (int i = 0; i < spaces.Length; i++)
            {
                (int _, float[] vector) = await store.GetSignatureAsync(spaces[i].Space, key, cancellationToken).ConfigureAwait(false)
                    ?? throw await WhyNotFoundAsync(key, spaces[i].Space, cancellationToken).ConfigureAwait(false);
                vectors[i] = vector;
            }

            // The image may have been replaced between two reads.
            if (spaces.Length == 1 || hash == await ReadContentHashAsync(key, cancellationToken).ConfigureAwait(false))
            {
                return vectors;
            }
        }
    }

    /// <summary>Where the image of a work is.</summary>
    /// <exception cref="PaintingNotFoundException">There is no such work, or it is not known where its image is.</exception>
    public async ValueTask<string> ReadImageUriAsync(string key, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, StoredWork> found = await store.FindAsync([key], cancellationToken).ConfigureAwait(false);
        Painting painting = found.TryGetValue(key, out StoredWork? work) ? work.Painting : throw NotFound(key);
        return painting.ImageUri ?? throw new PaintingNotFoundException($"The work '{key}' has no image URI, so no region of it can be searched.");
    }

    private static PaintingNotFoundException NotFound(string key) => new($"The gallery has no work '{key}'.");

    private static ReadOnlyMemory<float> VectorIn(QueryView view, FeatureSpace space) =>
        view.Signatures.FirstOrDefault(signature => signature.Space == space)?.Vector
        ?? throw new FeatureSpaceMismatchException($"A view of the query has no signature of {space}, which is to be searched, only of {string.Join("; ", view.Signatures.Select(signature => signature.Space))}.");

    private async ValueTask<string?> ReadContentHashAsync(string key, CancellationToken cancellationToken) =>
        (await store.FindAsync([key], cancellationToken).ConfigureAwait(false)).GetValueOrDefault(key)?.ContentHash;

    private async ValueTask<PaintingNotFoundException> WhyNotFoundAsync(string key, FeatureSpace space, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, StoredWork> found = await store.FindAsync([key], cancellationToken).ConfigureAwait(false);
        return found.ContainsKey(key) ? new PaintingNotFoundException($"The work '{key}' has no signature in {space}.") : NotFound(key);
    }
}
