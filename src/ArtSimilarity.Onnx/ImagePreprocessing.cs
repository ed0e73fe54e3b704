using System.Globalization;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Onnx;

/// <summary>
/// How the pixels of an image become a model's input tensor: resized with an antialiased triangle filter
/// (<see cref="ImageResampler"/>), then, channel by channel, <c>(pixel × Scale − Mean) / Std</c> for pixels 0 to 255.
/// </summary>
/// <remarks>Every property is checked when it is set. Two equal records give equal tensors.</remarks>
public sealed record ImagePreprocessing
{
    private const int LongestSide = 8192;

    /// <summary>
    /// What nearly all models trained on ImageNet take: 224×224, squashed, NCHW, RGB, scaled to 0–1 and normalised with mean
    /// (0.485, 0.456, 0.406) and standard deviation (0.229, 0.224, 0.225).
    /// </summary>
    /// <remarks>
    /// Paintings are squashed rather than cropped, so that nothing of the composition is lost; <c>with { ResizePolicy =
    /// ResizePolicy.CenterCrop, CropFraction = 0.875 }</c> is the crop that ImageNet accuracies are measured with.
    /// </remarks>
    public static ImagePreprocessing ImageNet { get; } = new();

    /// <summary>The width and height of the tensor. The default is 224×224.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1 or above 8192.</exception>
    public ImageSize InputSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(value.Width, value.Height), 1, nameof(InputSize));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(value.Width, value.Height), LongestSide, nameof(InputSize));
            field = value;
        }
    } = new(224, 224);

    /// <summary>How an image of another shape is made to fit. The default is <see cref="ResizePolicy.Squash"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration.</exception>
    public ResizePolicy ResizePolicy { get; init => field = Defined(value, nameof(ResizePolicy)); } = ResizePolicy.Squash;

    /// <summary>
    /// For <see cref="ResizePolicy.CenterCrop"/>, the part of the largest centred rectangle's sides that is kept: 0.875 is
    /// "resize to 256, crop 224". The default is 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public double CropFraction
    {
        get;
        init => field = value is > 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(CropFraction), value, "The part kept by a crop must be above 0 and at most 1.");
    }
    = 1;

    /// <summary>What pixels 0 to 255 are multiplied with first. The default is 1/255.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0 or not finite.</exception>
    public float Scale
    {
        get;
        init => field = value != 0 && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Scale), value, "The scale must be a finite number other than 0.");
    }
    = 1 / 255f;

    /// <summary>What is subtracted from scaled pixels. The default is (0.485, 0.456, 0.406).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not finite.</exception>
    public ChannelValues Mean
    {
        get;
        init => field = value.All(float.IsFinite)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Mean), value, "The means must be finite numbers.");
    }
    = new(0.485f, 0.456f, 0.406f);

    /// <summary>What the result is divided by. The default is (0.229, 0.224, 0.225).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not finite or not above 0.</exception>
    public ChannelValues Std
    {
        get;
        init => field = value.All(number => number > 0 && float.IsFinite(number))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Std), value, "The standard deviations must be finite numbers above 0.");
    }
    = new(0.229f, 0.224f, 0.225f);

    /// <summary>The order of the tensor's dimensions. The default is <see cref="TensorLayout.Nchw"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration.</exception>
    public TensorLayout Layout { get; init => field = Defined(value, nameof(Layout)); } = TensorLayout.Nchw;

    /// <summary>The order of the tensor's colour channels. The default is <see cref="ChannelOrder.Rgb"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration.</exception>
    public ChannelOrder ChannelOrder { get; init => field = Defined(value, nameof(ChannelOrder)); } = ChannelOrder.Rgb;

    /// <summary>The size that an image should have at least so that no detail is made up: larger than the input where it is cropped.</summary>
    internal ImageSize WantedSize => ResizePolicy == ResizePolicy.CenterCrop
        ? new ImageSize((int)Math.Ceiling(InputSize.Width / CropFraction), (int)Math.Ceiling(InputSize.Height / CropFraction))
        : InputSize;

    /// <summary>
    /// Returns everything that decides about the tensor as one line of text, the same on every machine: it names the
    /// preprocessing in a <see cref="Features.FeatureSpace"/>.
    /// </summary>
    /// <returns>For example <c>224x224 squash triangle rgb nchw scale 0.003921569 mean 0.485,0.456,0.406 std 0.229,0.224,0.225</c>.</returns>
    public override string ToString()
    {
        string policy = ResizePolicy switch
        {
            ResizePolicy.CenterCrop => string.Create(CultureInfo.InvariantCulture, $"crop {CropFraction}"),
            ResizePolicy.Letterbox => "letterbox",
            _ => "squash",
        };
        string order = ChannelOrder == ChannelOrder.Bgr ? "bgr" : "rgb";
        string layout = Layout == TensorLayout.Nhwc ? "nhwc" : "nchw";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{InputSize.Width}x{InputSize.Height} {policy} triangle {order} {layout} scale {Scale} mean {Mean} std {Std}");
    }

    private static T Defined<T>(T value, string name)
        where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{value} is no {typeof(T).Name}.");
}
