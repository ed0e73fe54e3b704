using ArtSimilarity.Imaging;

namespace ArtSimilarity.Recognition;

/// <summary>The local features of an image with their descriptors, by SIFT (Lowe 2004) with RootSIFT's norm (Arandjelović and Zisserman 2012).</summary>
/// <remarks>Immutable, so safe to use from several threads at once.</remarks>
public sealed class LocalFeatures
{
    /// <summary>The length of a descriptor.</summary>
    public const int DescriptorLength = 128;

    private readonly LocalFeature[] _features;
    private readonly float[] _descriptors;

    internal LocalFeatures(ImageSize size, LocalFeature[] features, float[] descriptors)
    {
        Size = size;
        _features = features;
        _descriptors = descriptors;
    }

    /// <summary>The size of the image as it was looked at, in pixels.</summary>
    public ImageSize Size { get; }

    /// <summary>The features, the most distinct first.</summary>
    public IReadOnlyList<LocalFeature> Features => _features;

    /// <summary>Finds the features of an image.</summary>
    /// <param name="image">The image; not changed.</param>
    /// <param name="side">The longer side, in pixels, at which the image is looked at; 32 to 4096. Smaller images are made larger.</param>
    /// <param name="maxCount">How many features at most: those with the most contrast; at least 1.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The features; none for an image without structure.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static LocalFeatures Extract(RgbImage image, int side = 480, int maxCount = 600, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 32);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        double scale = (double)side / Math.Max(image.Width, image.Height);
        var size = new ImageSize(Math.Max(16, (int)Math.Round(image.Width * scale)), Math.Max(16, (int)Math.Round(image.Height * scale)));
        using RgbImage resized = ImageResampler.Resize(image, size);

        // Blur in pixels that the image has already: half a pixel of its own, and more where it was made larger.
        double blur = 0.5 * Math.Max(1, scale);
        return new SiftDetector(resized, blur, maxCount).Detect(cancellationToken);
    }

    /// <summary>The descriptor of a feature.</summary>
    /// <param name="index">The place of the feature.</param>
    /// <returns><see cref="DescriptorLength"/> numbers of norm 1.</returns>
    public ReadOnlySpan<float> Descriptor(int index) => _descriptors.AsSpan(index * DescriptorLength, DescriptorLength);
}
