using ArtSimilarity.Features;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Tests;

/// <summary>An extractor of a test that computes on the thread that calls it.</summary>
internal abstract class ComputingExtractor(FeatureSpace space, ImageSize inputSize) : IFeatureExtractor
{
    public FeatureSpace Space { get; } = space;

    public ImageSize InputSize { get; } = inputSize;

    public ValueTask ExtractAsync(ReadOnlyMemory<RgbImage> images, Memory<float> signatures, CancellationToken cancellationToken = default)
    {
        Extract(images.Span, signatures.Span, cancellationToken);
        return ValueTask.CompletedTask;
    }

    protected abstract void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken);
}
