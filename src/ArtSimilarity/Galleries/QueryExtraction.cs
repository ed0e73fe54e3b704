using System.Diagnostics;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Galleries;

/// <summary>
/// Extracts the signatures of the images that searches are made by: on threads of its own, and only so many images at once. Who has to wait
/// comes in the order of asking.
/// </summary>
internal sealed class QueryExtraction(IImageDecoder? decoder, IFeatureExtractor[] extractors, GalleryOptions options, GalleryTelemetry telemetry) : IDisposable
{
    /// <summary>So many regions of an image are extracted at once: more would take memory and save no time.</summary>
    private const int MaxBatch = 16;

    private readonly ComputeThreads _threads = new(options.MaxConcurrentExtractions, "ArtSimilarity query");

    /// <summary>Never disposed of: it holds nothing here, and a late caller shall not fail on it.</summary>
    private SemaphoreSlim Turns { get; } = new(options.MaxConcurrentExtractions);

    /// <summary>The signatures of an image, or of regions of it, in several spaces, decoded once: as large as the one that wants most needs it.</summary>
    /// <param name="open">Opens the image, once it is sure that it can be used; given the size that the whole image should have at least.</param>
    /// <param name="regions">The parts of the image to use, at least one; <see langword="null"/> stands for the whole.</param>
    /// <param name="spaces">The feature spaces, at least one.</param>
    /// <param name="cancellationToken">Cancels the waiting and the work.</param>
    /// <returns>One vector for each region and space, region by region, and what is to be known of the image.</returns>
    public async Task<(ReadOnlyMemory<float>[] Vectors, string? Warning)> ExtractAsync(
        Func<ImageSize, CancellationToken, ValueTask<ImageSource>> open, ImageRegion?[] regions, FeatureSpace[] spaces, CancellationToken cancellationToken)
    {
        ThrowIfNothingExtracts();
        IImageDecoder decoding = DecoderOrThrow();
        IFeatureExtractor[] chosen = Array.ConvertAll(spaces, space => Array.Find(extractors, candidate => candidate.Space == space)
            ?? throw new FeatureSpaceMismatchException($"The gallery has no extractor for {space}; it has {string.Join(", ", extractors.Select(candidate => candidate.Space))}."));
        var size = new ImageSize(chosen.Max(extractor => extractor.InputSize.Width), chosen.Max(extractor => extractor.InputSize.Height));
        ImageSize[] wholes = Array.ConvertAll(regions, region => WholeSize(size, region));
        var whole = new ImageSize(wholes.Max(each => each.Width), wholes.Max(each => each.Height));

        // Before the turn: a source that answers slowly, or never, shall not keep others from theirs.
        ImageSource image = await open(whole, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> bytes = await image.ReadBytesAsync(options.MaxImageBytes, cancellationToken).ConfigureAwait(false);
        await Turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _threads.RunAsync(() => ExtractNowAsync(decoding, chosen, ImageSource.FromBytes(bytes, image.Name), size, whole, regions, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Turns.Release();
        }
    }

    /// <summary>Lets the threads end once they have nothing to do.</summary>
    public void Dispose() => _threads.Dispose();

    /// <summary>Says so when the gallery has no extractor at all.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public void ThrowIfNothingExtracts()
    {
        if (extractors.Length == 0)
        {
            throw new InvalidOperationException("The gallery has no feature extractor: register one, e.g. AddClassicalFeatureExtractor() or AddOnnxFeatureExtractor().");
        }
    }

    /// <summary>The decoder, which a gallery need not have.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public IImageDecoder DecoderOrThrow() => decoder
        ?? throw new InvalidOperationException("The gallery has no image decoder, so it can be searched by key or signature only: register one, e.g. AddNetVips().");

    // Every wait comes back to the gallery's threads: a decoder or extractor that computes may follow one that waits.
    private async Task<(ReadOnlyMemory<float>[] Vectors, string? Warning)> ExtractNowAsync(
        IImageDecoder decoding, IFeatureExtractor[] chosen, ImageSource image, ImageSize size, ImageSize whole, ImageRegion?[] regions, CancellationToken cancellationToken)
    {
        // One region is decoded alone; of several, each is cut out of the whole.
        using RgbImage pixels = regions.Length == 1
            ? await decoding.DecodeAsync(image, size, regions[0], cancellationToken).ConfigureAwait(true)
            : await decoding.DecodeAsync(image, whole, null, cancellationToken).ConfigureAwait(true);
        telemetry.ImageDecoded(GalleryTelemetry.Search);
        string? warning = ImageWarning.Describe(pixels, size);
        var vectors = new ReadOnlyMemory<float>[regions.Length * chosen.Length];
        int[][] groups = SharedPasses.Group(chosen);
        for (int first = 0; first < regions.Length; first += MaxBatch)
        {
            RgbImage[] views = regions.Length == 1 ? [pixels]
                : [.. regions.Skip(first).Take(MaxBatch).Select(region => region is ImageRegion part ? pixels.Crop(part) : pixels)];
            try
            {
                foreach (int[] group in groups)
                {
                    Memory<float>[] batches = await ExtractBatchAsync(Array.ConvertAll(group, space => chosen[space]), views, cancellationToken).ConfigureAwait(true);
                    for (int i = 0; i < group.Length; i++)
                    {
                        FeatureSpace space = chosen[group[i]].Space;
                        for (int view = 0; view < views.Length; view++)
                        {
                            ReadOnlyMemory<float> vector = batches[i].Slice(view * space.Dimensions, space.Dimensions);
                            vectors[((first + view) * chosen.Length) + group[i]] = Signature.OfImage(space, vector, view, views.Length).Vector; // refuses numbers that cannot be compared
                        }
                    }
                }
            }
            finally
            {
                foreach (RgbImage view in views)
                {
                    if (view != pixels)
                    {
                        view.Dispose();
                    }
                }
            }
        }

        return (vectors, warning);
    }

    private async ValueTask<Memory<float>[]> ExtractBatchAsync(IFeatureExtractor[] together, RgbImage[] images, CancellationToken cancellationToken)
    {
        Memory<float>[] vectors = Array.ConvertAll(together, extractor => new float[images.Length * extractor.Space.Dimensions].AsMemory());
        long begin = Stopwatch.GetTimestamp();
        await SharedPasses.ExtractAsync(together, images, vectors, cancellationToken).ConfigureAwait(true);
        TimeSpan part = Stopwatch.GetElapsedTime(begin) / together.Length; // so that the sum over the spaces is the time spent
        Array.ForEach(together, extractor => telemetry.Extracted(extractor.Space, part));
        return vectors;
    }

    /// <summary>How large a whole image is whose region has a size.</summary>
    private static ImageSize WholeSize(ImageSize size, ImageRegion? region) => region is not { } part
        ? size
        : new((int)Math.Min(int.MaxValue, Math.Ceiling(size.Width / part.Width)), (int)Math.Min(int.MaxValue, Math.Ceiling(size.Height / part.Height)));
}
