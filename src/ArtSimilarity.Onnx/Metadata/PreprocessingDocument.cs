using System.Text.Json;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Onnx.Metadata;

/// <summary>An <see cref="ImagePreprocessing"/> as JSON in the metadata of an ONNX file.</summary>
internal sealed record PreprocessingDocument(
    int Width, int Height, string Resize, double CropFraction, float Scale, float[] Mean, float[] Std, string Layout, string Channels)
{
    private static readonly (string Name, ResizePolicy Value)[] Policies =
        [("squash", ResizePolicy.Squash), ("center_crop", ResizePolicy.CenterCrop), ("letterbox", ResizePolicy.Letterbox)];

    private static readonly (string Name, TensorLayout Value)[] Layouts = [("nchw", TensorLayout.Nchw), ("nhwc", TensorLayout.Nhwc)];

    private static readonly (string Name, ChannelOrder Value)[] Orders = [("rgb", ChannelOrder.Rgb), ("bgr", ChannelOrder.Bgr)];

    public static PreprocessingDocument From(ImagePreprocessing preprocessing) => new(
        preprocessing.InputSize.Width,
        preprocessing.InputSize.Height,
        Name(Policies, preprocessing.ResizePolicy),
        preprocessing.CropFraction,
        preprocessing.Scale,
        [preprocessing.Mean.Red, preprocessing.Mean.Green, preprocessing.Mean.Blue],
        [preprocessing.Std.Red, preprocessing.Std.Green, preprocessing.Std.Blue],
        Name(Layouts, preprocessing.Layout),
        Name(Orders, preprocessing.ChannelOrder));

    /// <exception cref="JsonException">A word is unknown, or a list has not three numbers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public ImagePreprocessing ToPreprocessing() => new()
    {
        InputSize = new ImageSize(Width, Height),
        ResizePolicy = Value(Policies, Resize, "resize"),
        CropFraction = CropFraction,
        Scale = Scale,
        Mean = Channel(Mean, "mean"),
        Std = Channel(Std, "std"),
        Layout = Value(Layouts, Layout, "layout"),
        ChannelOrder = Value(Orders, Channels, "channels"),
    };

    private static string Name<T>((string Name, T Value)[] words, T value) => Array.Find(words, word => EqualityComparer<T>.Default.Equals(word.Value, value)).Name;

    private static T Value<T>((string Name, T Value)[] words, string name, string field) =>
        Array.Exists(words, word => word.Name == name)
            ? Array.Find(words, word => word.Name == name).Value
            : throw new JsonException($"'{field}' is '{name}', not one of {string.Join(", ", words.Select(word => word.Name))}.");

    private static ChannelValues Channel(float[] values, string field) => values is [float red, float green, float blue]
        ? new ChannelValues(red, green, blue)
        : throw new JsonException($"'{field}' has {values.Length} numbers, not 3.");
}
