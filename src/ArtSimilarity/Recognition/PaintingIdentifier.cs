using System.Collections.Concurrent;
using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>Tells which work of a gallery a photograph shows, or that it shows none of them.</summary>
/// <remarks>
/// <para>
/// The photograph is searched by several views (<see cref="PhotoViews"/>) in every feature space that the gallery extracts. Where the gallery has regions
/// (<see cref="AddOptions.Regions"/>), the whole photograph is also searched in them: it may be a detail. The works found are then compared
/// with the photograph point by point (<see cref="GeometricVerifier"/>), until one is sure. Where none matches, further views are tried once. Their images must therefore be within reach: the opener opens their
/// <see cref="Painting.ImageUri"/>.
/// </para>
/// <para>
/// Safe to use from several threads at once. It keeps the local features of works it has looked at: make a new one where images have changed at their places.
/// </para>
/// </remarks>
public sealed class PaintingIdentifier
{
    private const int PhotoSide = 560, PhotoFeatures = 600, WorkSide = 400, WorkFeatures = 350;

    /// <summary>So many agreeing features are beyond doubt: no other candidate is looked at.</summary>
    private const int SureInliers = 30;

    /// <summary>Where the first look found nothing, the second one compares so many times the candidates.</summary>
    private const int SecondLook = 3;

    private readonly Gallery _gallery;
    private readonly IImageDecoder _decoder;
    private readonly IImageOpener _opener;
    private readonly IdentifierOptions _options;
    private readonly ConcurrentDictionary<(string Uri, ImageRegion? Part), LocalFeatures> _features = new();

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
            candidates = await FindCandidatesAsync(image, PhotoViews.OfPhoto(image, _options.MaxPictures, cancellationToken), _options.Candidates, filter, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            features = await own.ConfigureAwait(false); // the image is given back only afterwards
        }

        candidates = await VerifyAsync(candidates, features, cancellationToken).ConfigureAwait(false);
        if (_options.LookTwice && !candidates.Exists(candidate => candidate.IsVerified))
        {
            HashSet<string> known = [.. candidates.Select(candidate => candidate.Painting.Key)];
            List<IdentifiedCandidate> further = await FindCandidatesAsync(image, PhotoViews.FurtherOfPhoto(image, _options.MaxPictures, cancellationToken), SecondLook * _options.Candidates, filter, cancellationToken).ConfigureAwait(false);
            further.RemoveAll(candidate => known.Contains(candidate.Painting.Key));
            candidates.AddRange(await VerifyAsync(further, features, cancellationToken).ConfigureAwait(false));
        }

        candidates = [.. candidates.OrderByDescending(candidate => candidate.Match?.Inliers ?? 0)];
        IdentifiedCandidate? best = candidates.Count > 0 && candidates[0].IsVerified ? candidates[0] : null;
        return new Identification
        {
            Match = best,
            Probability = candidates.Count > 0 ? candidates[0].Probability ?? 0 : 0,
            Candidates = candidates,
            Elapsed = Stopwatch.GetElapsedTime(begin),
        };
    }

    /// <summary>Searches by a photograph: the works that it surely shows come first, then those that look like a view of it.</summary>
    /// <remarks>
    /// <para>
    /// The works nearest to the views, <see cref="IdentifierOptions.Candidates"/> of them, are compared with the photograph point by point. Those whose points
    /// agree (<see cref="IdentifiedCandidate.IsVerified"/>) come first, those with the most agreeing points before the others. All other works keep the order of the
    /// search. Where no work is verified, further views are tried once (<see cref="IdentifierOptions.LookTwice"/>); of what these find only verified works count.
    /// </para>
    /// <para>
    /// All that <paramref name="options"/> ask for holds for verified works too. A work is not compared when one before it was beyond doubt. In contrast to
    /// <see cref="IdentifyAsync"/> regions are searched only where <see cref="GallerySearchOptions.Regions"/> says so.
    /// </para>
    /// </remarks>
    /// <param name="photo">The photograph: an encoded image.</param>
    /// <param name="k">How many works are wanted, at least 1.</param>
    /// <param name="options">What the search may return, and how; <see langword="null"/> takes the defaults. It names no <see cref="GallerySearchOptions.Region"/>.</param>
    /// <param name="furtherParts">What is wanted or not wanted besides the photograph, which is the query's first part; <see langword="null"/> for nothing.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>At most <paramref name="k"/> works, and what the views alone found.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is below 1.</exception>
    /// <exception cref="ArgumentException">The options name a region of the query, or what they ask for does not go together, or there are too many views.</exception>
    /// <exception cref="ImageDecodeException">The photograph, or an image of another part, cannot be decoded.</exception>
    /// <exception cref="PaintingNotFoundException">A further part names a work that the gallery does not have.</exception>
    /// <exception cref="GalleryStoreException">The gallery cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public async Task<PhotoSearchResult> SearchAsync(
        ImageSource photo, int k, GallerySearchOptions? options = null, IReadOnlyList<QueryPart>? furtherParts = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        long begin = Stopwatch.GetTimestamp();
        using RgbImage image = await _decoder.DecodeAsync(photo, new ImageSize(PhotoSide, PhotoSide), null, cancellationToken).ConfigureAwait(false);
        Task<LocalFeatures[]> own = Task.Run(() => FeaturesOf(image, cancellationToken), CancellationToken.None);
        GallerySearchResult found;
        List<IdentifiedCandidate> nearest;
        LocalFeatures[] features;
        try
        {
            (found, nearest) = await SearchViewsAsync(
                image, PhotoViews.OfPhoto(image, _options.MaxPictures, cancellationToken), Math.Max(k, _options.Candidates), options, furtherParts, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            features = await own.ConfigureAwait(false); // the image is given back only afterwards
        }

        List<IdentifiedCandidate> compared = await VerifyAsync([.. nearest.Take(_options.Candidates)], features, cancellationToken).ConfigureAwait(false);
        if (_options.LookTwice && !compared.Exists(candidate => candidate.IsVerified))
        {
            (_, List<IdentifiedCandidate> further) = await SearchViewsAsync(
                image, PhotoViews.FurtherOfPhoto(image, _options.MaxPictures, cancellationToken), SecondLook * _options.Candidates, options, furtherParts, cancellationToken).ConfigureAwait(false);
            HashSet<string> known = [.. compared.Select(candidate => candidate.Painting.Key)];
            further.RemoveAll(candidate => known.Contains(candidate.Painting.Key));
            compared.AddRange(await VerifyAsync(further, features, cancellationToken).ConfigureAwait(false));
        }

        // A work that both looks found keeps the distance and the view of the first, like all others.
        Dictionary<string, IdentifiedCandidate> verdicts = compared.ToDictionary(candidate => candidate.Painting.Key, StringComparer.Ordinal);
        HashSet<string> near = [.. nearest.Select(candidate => candidate.Painting.Key)];
        IEnumerable<IdentifiedCandidate> all = nearest
            .Select(candidate => verdicts.TryGetValue(candidate.Painting.Key, out IdentifiedCandidate? verdict) ? candidate.WithVerdictOf(verdict) : candidate)
            .Concat(compared.Where(candidate => candidate.IsVerified && !near.Contains(candidate.Painting.Key)));
        return new PhotoSearchResult
        {
            Results = [.. all.OrderByDescending(candidate => candidate.IsVerified ? candidate.Match!.Inliers : 0).Take(k)],
            NotComparable = [.. compared.Where(candidate => candidate.Problem is not null)],
            Views = found,
            Elapsed = Stopwatch.GetElapsedTime(begin),
        };
    }

    /// <summary>The works nearest to views of the photograph, in the order of the search.</summary>
    private async Task<(GallerySearchResult Found, List<IdentifiedCandidate> Candidates)> SearchViewsAsync(
        RgbImage image, IReadOnlyList<PhotoView> views, int count, GallerySearchOptions? options, IReadOnlyList<QueryPart>? furtherParts, CancellationToken cancellationToken)
    {
        views = _options.Mirrored ? PhotoViews.WithMirrored(views) : views;
        QueryPart part = await PhotoViews.ToQueryPartAsync(image, views, _gallery.Extractors, _options.Threads, cancellationToken).ConfigureAwait(false);
        GallerySearchResult found = await _gallery.SearchAsync(new GalleryQuery([part, .. furtherParts ?? []]), count, options, cancellationToken).ConfigureAwait(false);
        return (found, [.. found.Results.Select(similar => new IdentifiedCandidate { Similar = similar, View = similar.PartIndex == 0 ? views[similar.ViewIndex] : null })]);
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

    private async Task<List<IdentifiedCandidate>> FindCandidatesAsync(RgbImage image, IReadOnlyList<PhotoView> views, int count, PaintingFilter? filter, CancellationToken cancellationToken)
    {
        views = _options.Mirrored ? PhotoViews.WithMirrored(views) : views;
        QueryPart part = await PhotoViews.ToQueryPartAsync(image, views, _gallery.Extractors, _options.Threads, cancellationToken).ConfigureAwait(false);
        var query = new GalleryQuery(part);
        List<List<IdentifiedCandidate>> found = [];
        foreach (IFeatureExtractor extractor in _gallery.Extractors)
        {
            GallerySearchResult result = await _gallery.SearchAsync(
                query, count, new GallerySearchOptions { Filter = filter, Spaces = [extractor.Space] }, cancellationToken).ConfigureAwait(false);
            found.Add([.. result.Results.Select(similar => new IdentifiedCandidate { Similar = similar, View = views[similar.ViewIndex] })]);
            int[] whole = [.. Enumerable.Range(0, views.Count).Where(i => views[i].Kind == PhotoViewKind.Whole)];
            if (whole.Length > 0 && await RegionsOfAsync(extractor.Space, cancellationToken).ConfigureAwait(false) is RegionLayout layout)
            {
                var detail = new GalleryQuery(new QueryPart([.. whole.Select(i => part.Views[i])]));
                result = await _gallery.SearchAsync(
                    detail, count, new GallerySearchOptions { Filter = filter, Spaces = [extractor.Space], Regions = layout }, cancellationToken).ConfigureAwait(false);
                found.Add([.. result.Results.Select(similar => new IdentifiedCandidate { Similar = similar, View = views[whole[similar.ViewIndex]] })]);
            }
        }

        // Distances of two spaces do not compare: the nearest of each, then the second of each, and so on.
        HashSet<string> seen = new(StringComparer.Ordinal);
        return [.. Enumerable.Range(0, found.Max(list => list.Count))
            .SelectMany(place => found.Where(list => place < list.Count).Select(list => list[place]))
            .Where(candidate => seen.Add(candidate.Painting.Key))];
    }

    private async ValueTask<RegionLayout?> RegionsOfAsync(FeatureSpace space, CancellationToken cancellationToken)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await _gallery.Store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        return Array.Find([RegionLayout.Default, RegionLayout.Pooled], layout => held.Any(summary => summary.Space == layout.SpaceOf(space)));
    }

    /// <summary>Compares candidates in the order they were found, several at once, until one is sure. They come back in that order.</summary>
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
            ImageRegion? part = Around(candidate.Similar.Region);
            (LocalFeatures? features, string? problem) = await WorkFeaturesAsync(candidate.Painting, part, stop).ConfigureAwait(false);
            GeometricMatch? match = features is null ? null : GeometricVerifier.Match(photo[0], features, stop);
            bool isMirrored = false;
            if (features is not null && photo.Length > 1 && GeometricVerifier.Match(photo[1], features, stop) is { } mirrored && mirrored.Inliers > (match?.Inliers ?? 0))
            {
                (match, isMirrored) = (mirrored.Mirrored(), true);
            }

            match = part is ImageRegion compared ? match?.OfPart(compared) : match;
            double? probability = features is null ? null : MatchProbability.Of(match);
            verified[place] = new IdentifiedCandidate
            {
                Similar = candidate.Similar,
                View = candidate.View,
                Match = match,
                IsMirrored = isMirrored,
                Probability = probability,
                IsVerified = probability >= _options.MinProbability,
                Problem = problem,
            };
            for (int known = Volatile.Read(ref sure); match?.Inliers >= SureInliers && place < known; known = Volatile.Read(ref sure))
            {
                Interlocked.CompareExchange(ref sure, place, known);
            }
        }).ConfigureAwait(false);

        // What was compared although a work before it was sure does not count.
        return [.. verified.Select((candidate, place) => place <= sure ? candidate : candidates[place])];
    }

    /// <summary>A detail is compared with a part of the work that is a little larger: there its points are large enough.</summary>
    private static ImageRegion? Around(ImageRegion? found)
    {
        const double Margin = 0.25;
        if (found is not ImageRegion region || region.Width >= 1)
        {
            return null;
        }

        double x = Math.Max(0, region.X - (Margin * region.Width)), y = Math.Max(0, region.Y - (Margin * region.Height));
        return new ImageRegion(x, y, Math.Min(1 - x, region.X + ((1 + Margin) * region.Width) - x), Math.Min(1 - y, region.Y + ((1 + Margin) * region.Height) - y));
    }

    private async ValueTask<(LocalFeatures? Features, string? Problem)> WorkFeaturesAsync(Painting work, ImageRegion? part, CancellationToken cancellationToken)
    {
        if (work.ImageUri is not string uri)
        {
            return (null, "the gallery does not know where its image is");
        }

        if (_features.TryGetValue((uri, part), out LocalFeatures? known))
        {
            return (known, null);
        }

        try
        {
            ImageSource source = await _opener.OpenAsync(uri, part is null ? new ImageSize(WorkSide, WorkSide) : null, cancellationToken).ConfigureAwait(false);
            using RgbImage image = await _decoder.DecodeAsync(source, new ImageSize(WorkSide, WorkSide), part, cancellationToken).ConfigureAwait(false);
            LocalFeatures features = LocalFeatures.Extract(image, WorkSide, WorkFeatures, cancellationToken);
            Keep((uri, part), features);
            return (features, null);
        }
        catch (Exception e) when (e is ImageDecodeException or IOException or UnauthorizedAccessException or HttpRequestException)
        {
            return (null, $"its image cannot be used: {e.Message}");
        }
    }

    private void Keep((string Uri, ImageRegion? Part) image, LocalFeatures features)
    {
        if (_options.CachedWorks > 0 && _features.TryAdd(image, features) && _features.Count > _options.CachedWorks)
        {
            _features.TryRemove(_features.Keys.First(other => other != image), out _);
        }
    }
}
