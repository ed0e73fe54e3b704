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
    private readonly ComputeThreads _threads = new(options.MaxConcurrentExtractions, "ArtSimilarity query");

    /// <summary>Never disposed of: it holds nothing here, and a late caller shall not fail on it.</summary>
    private SemaphoreSlim Turns { get; } = new(options.MaxConcurrentExtractions);

    /// <summary>The signatures of an image in several spaces, decoded once: as large as the one that wants most needs it.</summary>
    /// <param name="open">Opens the image, once it is sure that it can be used; given the size that the whole image should have at least.</param>
    /// <param name="region">The part of the image to use.</param>
    /// <param name="spaces">The feature spaces, at least one.</param>
    /// <param name="cancellationToken">Cancels the waiting and the work.</param>
    /// <returns>One vector for each space, and what is to be known of the image.</returns>
    public async Task<(ReadOnlyMemory<float>[] Vectors, string? Warning)> ExtractAsync(
        Func<ImageSize, CancellationToken, ValueTask<ImageSource>> open, ImageRegion? region, FeatureSpace[] spaces, CancellationToken cancellationToken)
    {
        ThrowIfNothingExtracts();
        IImageDecoder decoding = DecoderOrThrow();
        IFeatureExtractor[] chosen = Array.ConvertAll(spaces, space => Array.Find(extractors, candidate => candidate.Space == space)
            ?? throw new FeatureSpaceMismatchException($"The gallery has no extractor for {space}; it has {string.Join(", ", extractors.Select(candidate => candidate.Space))}."));
        var size = new ImageSize(chosen.Max(extractor => extractor.InputSize.Width), chosen.Max(extractor => extractor.InputSize.Height));

        // Before the turn: a source that answers slowly, or never, shall not keep others from theirs.
        ImageSource image = await open(WholeSize(size, region), cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> bytes = await image.ReadBytesAsync(options.MaxImageBytes, cancellationToken).ConfigureAwait(false);
        await Turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _threads.RunAsync(() => ExtractNowAsync(decoding, chosen, ImageSource.FromBytes(bytes, image.Name), size, region, cancellationToken), cancellationToken).ConfigureAwait(false);
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
        IImageDecoder decoding, IFeatureExtractor[] chosen, ImageSource image, ImageSize size, ImageRegion? region, CancellationToken cancellationToken)
    {
        using RgbImage pixels = await decoding.DecodeAsync(image, size, region, cancellationToken).ConfigureAwait(true);
        telemetry.ImageDecoded(GalleryTelemetry.Search);
        string? warning = ImageWarning.Describe(pixels, size);
        var vectors = new ReadOnlyMemory<float>[chosen.Length];
        for (int i = 0; i < chosen.Length; i++)
        {
            FeatureSpace space = chosen[i].Space;
            float[] vector = new float[space.Dimensions];
            long begin = Stopwatch.GetTimestamp();
            await chosen[i].ExtractAsync(new[] { pixels }, vector, cancellationToken).ConfigureAwait(true);
            telemetry.Extracted(space, Stopwatch.GetElapsedTime(begin));
            vectors[i] = Signature.OfImage(space, vector, 0, 1).Vector; // refuses numbers that cannot be compared
        }

        return (vectors, warning);
    }

    /// <summary>How large a whole image is whose region has a size.</summary>
    private static ImageSize WholeSize(ImageSize size, ImageRegion? region) => region is not { } part
        ? size
        : new((int)Math.Min(int.MaxValue, Math.Ceiling(size.Width / part.Width)), (int)Math.Min(int.MaxValue, Math.Ceiling(size.Height / part.Height)));
}
