using System.Collections.Concurrent;
using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>Tells which work of a gallery a photograph shows, or that it shows none of them.</summary>
/// <remarks>
/// <para>
/// The photograph is searched by several views (<see cref="PhotoViews"/>) in every feature space that the gallery extracts. The works found are then compared
/// with the photograph point by point (<see cref="GeometricVerifier"/>), until one is sure. Their images must therefore be within reach: the opener opens their
/// <see cref="Painting.ImageUri"/>.
/// </para>
/// <para>
/// Safe to use from several threads at once. It keeps the local features of works it has looked at: make a new one where images have changed at their places.
/// </para>
/// </remarks>
public sealed class PaintingIdentifier
{
    private const int PhotoSide = 560, PhotoFeatures = 600, WorkSide = 400, WorkFeatures = 350, Batch = 4;

    /// <summary>So many agreeing features are beyond doubt: no other candidate is looked at.</summary>
    private const int SureInliers = 30;

    private readonly Gallery _gallery;
    private readonly IImageDecoder _decoder;
    private readonly IImageOpener _opener;
    private readonly IdentifierOptions _options;
    private readonly ConcurrentDictionary<string, LocalFeatures> _features = new(StringComparer.Ordinal);

    /// <summary>Creates an identifier.</summary>
    /// <param name="gallery">The gallery, with at least one feature extractor.</param>
    /// <param name="decoder">Decodes the photograph and the works' images.</param>
    /// <param name="opener">Opens the works' images; <see langword="null"/> opens files alone.</param>
    /// <param name="options">Settings; <see langword="null"/> takes the defaults. Read now, not kept.</param>
    /// <exception cref="ArgumentException">The gallery has no extractor.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public PaintingIdentifier(Gallery gallery, IImageDecoder decoder, IImageOpener? opener = null, IdentifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(gallery);
        ArgumentNullException.ThrowIfNull(decoder);
        if (gallery.Extractors.Count == 0)
        {
            throw new ArgumentException("The gallery has no feature extractor, so photographs cannot be compared with it.", nameof(gallery));
        }

        _gallery = gallery;
        _decoder = decoder;
        _opener = opener ?? new FileImageOpener();
        _options = (options ?? new IdentifierOptions()).CopyChecked();
    }

    /// <summary>Identifies the work in a photograph.</summary>
    /// <param name="photo">The photograph: an encoded image.</param>
    /// <param name="filter">Which works may be found; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The work, or none, and what else was considered.</returns>
    /// <exception cref="ImageDecodeException">The photograph cannot be decoded.</exception>
    /// <exception cref="GalleryStoreException">The gallery cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public async Task<Identification> IdentifyAsync(ImageSource photo, PaintingFilter? filter = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        long begin = Stopwatch.GetTimestamp();
        using RgbImage image = await _decoder.DecodeAsync(photo, new ImageSize(PhotoSide, PhotoSide), null, cancellationToken).ConfigureAwait(false);

        // The photograph's local features are found on another thread while its views are extracted.
        Task<LocalFeatures[]> own = Task.Run(() => FeaturesOf(image, cancellationToken), CancellationToken.None);
        List<IdentifiedCandidate> candidates;
        LocalFeatures[] features;
        try
        {
            candidates = await FindCandidatesAsync(image, filter, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            features = await own.ConfigureAwait(false); // the image is given back only afterwards
        }

        candidates = await VerifyAsync(candidates, features, cancellationToken).ConfigureAwait(false);
        IdentifiedCandidate? best = candidates.Count > 0 && candidates[0].Probability >= _options.MinProbability ? candidates[0] : null;
        return new Identification
        {
            Match = best,
            Probability = candidates.Count > 0 ? candidates[0].Probability ?? 0 : 0,
            Candidates = candidates,
            Elapsed = Stopwatch.GetElapsedTime(begin),
        };
    }

    /// <summary>Of the photograph, and of its mirror image where that is asked for.</summary>
    private LocalFeatures[] FeaturesOf(RgbImage image, CancellationToken cancellationToken)
    {
        LocalFeatures upright = LocalFeatures.Extract(image, PhotoSide, PhotoFeatures, cancellationToken);
        if (!_options.Mirrored)
        {
            return [upright];
        }

        using RgbImage mirrored = (PhotoViews.Whole with { IsMirrored = true }).Render(image, image.Size);
        return [upright, LocalFeatures.Extract(mirrored, PhotoSide, PhotoFeatures, cancellationToken)];
    }

    private async Task<List<IdentifiedCandidate>> FindCandidatesAsync(RgbImage image, PaintingFilter? filter, CancellationToken cancellationToken)
    {
        IReadOnlyList<PhotoView> views = PhotoViews.OfPhoto(image, _options.MaxPictures, cancellationToken);
        views = _options.Mirrored ? PhotoViews.WithMirrored(views) : views;
        List<List<IdentifiedCandidate>> found = [];
        foreach (IFeatureExtractor extractor in _gallery.Extractors)
        {
            float[] vectors = await ExtractAsync(extractor, image, views, cancellationToken).ConfigureAwait(false);
            int dimensions = extractor.Space.Dimensions;
            var query = new GalleryQuery(new QueryPart(
                [.. views.Select((_, i) => QueryView.OfSignatures(new Signature(extractor.Space, vectors.AsMemory(i * dimensions, dimensions))))]));
            GallerySearchResult result = await _gallery.SearchAsync(
                query, _options.Candidates, new GallerySearchOptions { Filter = filter, Spaces = [extractor.Space] }, cancellationToken).ConfigureAwait(false);
            found.Add([.. result.Results.Select(similar => new IdentifiedCandidate { Similar = similar, View = views[similar.ViewIndex] })]);
        }

        // Distances of two spaces do not compare: the nearest of each, then the second of each, and so on.
        HashSet<string> seen = new(StringComparer.Ordinal);
        return [.. Enumerable.Range(0, found.Max(list => list.Count))
            .SelectMany(place => found.Where(list => place < list.Count).Select(list => list[place]))
            .Where(candidate => seen.Add(candidate.Painting.Key))];
    }

    private async Task<float[]> ExtractAsync(IFeatureExtractor extractor, RgbImage image, IReadOnlyList<PhotoView> views, CancellationToken cancellationToken)
    {
        float[] vectors = new float[views.Count * extractor.Space.Dimensions];
        int batches = (views.Count + Batch - 1) / Batch;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Threads, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, batches, parallel, async (batch, stop) =>
        {
            int first = batch * Batch, count = Math.Min(Batch, views.Count - first);
            var images = new RgbImage[count];
            try
            {
                for (int i = 0; i < count; i++)
                {
                    images[i] = views[first + i].Render(image, extractor.InputSize);
                }

                await extractor.ExtractAsync(images, vectors.AsMemory(first * extractor.Space.Dimensions, count * extractor.Space.Dimensions), stop).ConfigureAwait(false);
            }
            finally
            {
                Array.ForEach(images, view => view?.Dispose());
            }
        }).ConfigureAwait(false);
        return vectors;
    }

    /// <summary>Compares candidates in the order they were found, several at once, until one is sure.</summary>
    private async Task<List<IdentifiedCandidate>> VerifyAsync(List<IdentifiedCandidate> candidates, LocalFeatures[] photo, CancellationToken cancellationToken)
    {
        var verified = new IdentifiedCandidate[candidates.Count];
        candidates.CopyTo(verified);
        int sure = int.MaxValue;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Threads, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, candidates.Count, parallel, async (place, stop) =>
        {
            // Only works found after a sure one are left out, so the answer does not depend on who was faster.
            if (place > Volatile.Read(ref sure))
            {
                return;
            }

            IdentifiedCandidate candidate = candidates[place];
            (LocalFeatures? features, string? problem) = await WorkFeaturesAsync(candidate.Painting, stop).ConfigureAwait(false);
            GeometricMatch? match = features is null ? null : GeometricVerifier.Match(photo[0], features, stop);
            bool isMirrored = false;
            if (features is not null && photo.Length > 1 && GeometricVerifier.Match(photo[1], features, stop) is { } mirrored && mirrored.Inliers > (match?.Inliers ?? 0))
            {
                (match, isMirrored) = (mirrored.Mirrored(), true);
            }

            verified[place] = new IdentifiedCandidate
            {
                Similar = candidate.Similar,
                View = candidate.View,
                Match = match,
                IsMirrored = isMirrored,
                Probability = features is null ? null : MatchProbability.Of(match),
                Problem = problem,
            };
            for (int known = Volatile.Read(ref sure); match?.Inliers >= SureInliers && place < known; known = Volatile.Read(ref sure))
            {
                Interlocked.CompareExchange(ref sure, place, known);
            }
        }).ConfigureAwait(false);

        // What was compared although a work before it was sure does not count.
        return [.. verified.Select((candidate, place) => place <= sure ? candidate : candidates[place])
            .OrderByDescending(candidate => candidate.Match?.Inliers ?? 0)];
    }

    private async ValueTask<(LocalFeatures? Features, string? Problem)> WorkFeaturesAsync(Painting work, CancellationToken cancellationToken)
    {
        if (work.ImageUri is not string uri)
        {
            return (null, "the gallery does not know where its image is");
        }

        if (_features.TryGetValue(uri, out LocalFeatures? known))
        {
            return (known, null);
        }

        try
        {
            ImageSource source = await _opener.OpenAsync(uri, new ImageSize(WorkSide, WorkSide), cancellationToken).ConfigureAwait(false);
            using RgbImage image = await _decoder.DecodeAsync(source, new ImageSize(WorkSide, WorkSide), null, cancellationToken).ConfigureAwait(false);
            LocalFeatures features = LocalFeatures.Extract(image, WorkSide, WorkFeatures, cancellationToken);
            Keep(uri, features);
            return (features, null);
        }
        catch (Exception e) when (e is ImageDecodeException or IOException or UnauthorizedAccessException or HttpRequestException)
        {
            return (null, $"its image cannot be used: {e.Message}");
        }
    }

    private void Keep(string uri, LocalFeatures features)
    {
        if (_options.CachedWorks > 0 && _features.TryAdd(uri, features) && _features.Count > _options.CachedWorks)
        {
            _features.TryRemove(_features.Keys.First(other => other != uri), out _);
        }
    }
}
