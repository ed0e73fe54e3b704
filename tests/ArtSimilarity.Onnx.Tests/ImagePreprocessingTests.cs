using System.Globalization;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

public class ImagePreprocessingTests
{
    [Fact]
    public void The_text_names_everything_that_decides_about_the_tensor()
    {
        Assert.Equal(
            "224x224 squash triangle rgb nchw scale 0.003921569 mean 0.485,0.456,0.406 std 0.229,0.224,0.225",
            ImagePreprocessing.ImageNet.ToString());
        var other = new ImagePreprocessing
        {
            InputSize = new ImageSize(320, 256),
            ResizePolicy = ResizePolicy.CenterCrop,
            CropFraction = 0.875,
            Scale = 1,
            Mean = new ChannelValues(103.939f, 116.779f, 123.68f),
            Std = new ChannelValues(1, 1, 1),
            Layout = TensorLayout.Nhwc,
            ChannelOrder = ChannelOrder.Bgr,
        };
        Assert.Equal("320x256 crop 0.875 triangle bgr nhwc scale 1 mean 103.939,116.779,123.68 std 1,1,1", other.ToString());
    }

    [Fact]
    public void The_text_is_the_same_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Contains("0.003921569 mean 0.485,", ImagePreprocessing.ImageNet.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Records_with_equal_values_are_equal() =>
        Assert.Equal(ImagePreprocessing.ImageNet, new ImagePreprocessing { Mean = new ChannelValues(0.485f, 0.456f, 0.406f) });

    [Fact]
    public void Values_out_of_range_are_refused_by_name()
    {
        ImagePreprocessing valid = ImagePreprocessing.ImageNet;
        AssertRefused(nameof(valid.InputSize), () => valid with { InputSize = new ImageSize(0, 224) });
        AssertRefused(nameof(valid.InputSize), () => valid with { InputSize = new ImageSize(224, 10_000) });
        AssertRefused(nameof(valid.ResizePolicy), () => valid with { ResizePolicy = (ResizePolicy)9 });
        AssertRefused(nameof(valid.CropFraction), () => valid with { CropFraction = 0 });
        AssertRefused(nameof(valid.CropFraction), () => valid with { CropFraction = double.NaN });
        AssertRefused(nameof(valid.Scale), () => valid with { Scale = 0 });
        AssertRefused(nameof(valid.Mean), () => valid with { Mean = new ChannelValues(0, float.NaN, 0) });
        AssertRefused(nameof(valid.Std), () => valid with { Std = new ChannelValues(1, 0, 1) });
        AssertRefused(nameof(valid.Layout), () => valid with { Layout = (TensorLayout)9 });
        AssertRefused(nameof(valid.ChannelOrder), () => valid with { ChannelOrder = (ChannelOrder)9 });
    }

    private static void AssertRefused(string property, Func<ImagePreprocessing> set) =>
        Assert.Equal(property, Assert.Throws<ArgumentOutOfRangeException>(() => { set(); }).ParamName);
}
