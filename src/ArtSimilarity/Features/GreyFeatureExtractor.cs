using ArtSimilarity.Imaging;

namespace ArtSimilarity.Features;

/// <summary>
/// Takes the colours out of images before another extractor sees them. A black-and-white reproduction and the painting have nearly the same signature then. It
/// has a feature space of its own, so works and queries must both have been extracted by it.
/// </summary>
/// <remarks>Grey is luma: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), in all three channels. As safe to call from several threads as the other one.</remarks>
public sealed class GreyFeatureExtractor : IFeatureExtractor, IDisposable
{
    private const string Mark = " grey";

    private readonly bool _leaveOpen;

    /// <summary>Creates the extractor.</summary>
    /// <param name="extractor">Extracts the signatures of the grey images.</param>
    /// <param name="leaveOpen">Whether <paramref name="extractor"/> is left as it is when this one is disposed of; otherwise it is disposed of too, where it can be.</param>
    public GreyFeatureExtractor(IFeatureExtractor extractor, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        Extractor = extractor;
        _leaveOpen = leaveOpen;
        Space = new FeatureSpace(extractor.Space.ModelId, extractor.Space.Preprocessing + Mark, extractor.Space.Dimensions);
    }

    /// <summary>The extractor that looks at the grey images.</summary>
    public IFeatureExtractor Extractor { get; }

    /// <inheritdoc/>
    /// <value>The other extractor's space, with <c> grey</c> behind its preprocessing.</value>
    public FeatureSpace Space { get; }

    /// <inheritdoc/>
    public ImageSize InputSize => Extractor.InputSize;

    /// <inheritdoc/>
    public async ValueTask ExtractAsync(ReadOnlyMemory<RgbImage> images, Memory<float> signatures, CancellationToken cancellationToken = default)
    {
        var grey = new RgbImage[images.Length];
        try
        {
            for (int i = 0; i < grey.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                grey[i] = ToGrey(images.Span[i], InputSize);
            }

            await Extractor.ExtractAsync(grey, signatures, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Array.ForEach(grey, image => image?.Dispose());
        }
    }

    /// <summary>Disposes of the other extractor, unless it is to be left open.</summary>
    public void Dispose()
    {
        if (!_leaveOpen)
        {
            (Extractor as IDisposable)?.Dispose();
        }
    }

    /// <summary>A grey copy, first made smaller where the image is more than twice as large as the extractor looks at it.</summary>
    private static RgbImage ToGrey(RgbImage image, ImageSize wanted)
    {
        double scale = 2 * Math.Max((double)wanted.Width / image.Width, (double)wanted.Height / image.Height);
        RgbImage copy = scale < 1
            ? ImageResampler.Resize(image, new ImageSize((int)Math.Ceiling(image.Width * scale), (int)Math.Ceiling(image.Height * scale)))
            : RgbImage.FromPixels(image.Pixels, image.Width, image.Height);
        Span<byte> pixels = copy.Pixels;
        for (int p = 0; p < pixels.Length; p += 3)
        {
            byte luma = (byte)(((299 * pixels[p]) + (587 * pixels[p + 1]) + (114 * pixels[p + 2]) + 500) / 1000);
            pixels.Slice(p, 3).Fill(luma);
        }

        return copy;
    }
}
