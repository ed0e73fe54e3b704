using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx.Preprocessing;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Onnx.Tests;

public class TensorWriterTests
{
    private static readonly ImagePreprocessing Plain = new()
    {
        InputSize = new ImageSize(2, 2),
        Scale = 1,
        Mean = new ChannelValues(0, 0, 0),
        Std = new ChannelValues(1, 1, 1),
    };

    private static readonly byte[] FourPixels = [1, 2, 3, 11, 12, 13, 21, 22, 23, 31, 32, 33];

    [Fact]
    public void Nchw_is_plane_after_plane() =>
        Assert.Equal([1f, 11, 21, 31, 2, 12, 22, 32, 3, 13, 23, 33], Write(Plain, FourPixels, 2, 2));

    [Fact]
    public void Nhwc_is_pixel_after_pixel() =>
        Assert.Equal(FourPixels.Select(value => (float)value), Write(Plain with { Layout = TensorLayout.Nhwc }, FourPixels, 2, 2));

    [Fact]
    public void Bgr_swaps_red_and_blue()
    {
        Assert.Equal([3f, 13, 23, 33, 2, 12, 22, 32, 1, 11, 21, 31], Write(Plain with { ChannelOrder = ChannelOrder.Bgr }, FourPixels, 2, 2));
        Assert.Equal(
            [3f, 2, 1, 13, 12, 11, 23, 22, 21, 33, 32, 31],
            Write(Plain with { ChannelOrder = ChannelOrder.Bgr, Layout = TensorLayout.Nhwc }, FourPixels, 2, 2));
    }

    [Fact]
    public void Mean_and_standard_deviation_belong_to_their_colours_in_either_order()
    {
        ImagePreprocessing preprocessing = Plain with { InputSize = new ImageSize(1, 1), Scale = 0.5f, Mean = new ChannelValues(1, 2, 3), Std = new ChannelValues(2, 4, 8) };
        Assert.Equal([(50f - 1) / 2, (30f - 2) / 4, (11f - 3) / 8], Write(preprocessing, [100, 60, 22], 1, 1));
        Assert.Equal([(11f - 3) / 8, (30f - 2) / 4, (50f - 1) / 2], Write(preprocessing with { ChannelOrder = ChannelOrder.Bgr }, [100, 60, 22], 1, 1));
    }

    [Fact]
    public void A_letterboxed_landscape_has_zero_rows_above_and_below()
    {
        // 4×2 fits into 4×4 as it is, one row from the top.
        ImagePreprocessing preprocessing = Plain with { InputSize = new ImageSize(4, 4), ResizePolicy = ResizePolicy.Letterbox };
        byte[] pixels = [.. Enumerable.Range(0, 8).SelectMany(i => new byte[] { (byte)(10 + i), 100, 200 })];
        float[] tensor = Write(preprocessing, pixels, 4, 2);
        Assert.Equal([0f, 0, 0, 0, 10, 11, 12, 13, 14, 15, 16, 17, 0, 0, 0, 0], tensor[..16]);
        Assert.Equal([0f, 0, 0, 0, 100, 100, 100, 100, 100, 100, 100, 100, 0, 0, 0, 0], tensor[16..32]);
    }

    [Fact]
    public void A_letterboxed_portrait_has_zero_columns_at_its_sides()
    {
        ImagePreprocessing preprocessing = Plain with { InputSize = new ImageSize(4, 4), ResizePolicy = ResizePolicy.Letterbox, Layout = TensorLayout.Nhwc };
        byte[] pixels = [.. Enumerable.Range(0, 8).SelectMany(i => new byte[] { (byte)(10 + i), 100, 200 })];
        float[] tensor = Write(preprocessing, pixels, 2, 4);
        Assert.Equal([0f, 0, 0, 10, 100, 200, 11, 100, 200, 0, 0, 0, 0, 0, 0, 12], tensor[..16]);
    }

    [Theory]
    [InlineData(TensorLayout.Nchw)]
    [InlineData(TensorLayout.Nhwc)]
    public void A_mirrored_tensor_is_that_of_the_mirrored_image(TensorLayout layout)
    {
        var writer = new TensorWriter(Plain with { InputSize = new ImageSize(5, 2), Layout = layout });
        byte[] pixels = [.. Enumerable.Range(0, 30).Select(i => (byte)i)];
        byte[] mirrored = [.. pixels.Chunk(15).SelectMany(row => row.Chunk(3).Reverse()).SelectMany(pixel => pixel)];
        float[] tensor = new float[30], expected = new float[30];
        using RgbImage image = RgbImage.FromPixels(pixels, 5, 2), mirrorImage = RgbImage.FromPixels(mirrored, 5, 2);
        writer.Write(image, tensor);
        writer.Write(mirrorImage, expected);
        Assert.NotEqual(expected, tensor);
        writer.Mirror(tensor);
        Assert.Equal(expected, tensor);
    }

    [Fact]
    public void A_letterbox_leaves_nothing_of_the_image_before()
    {
        var writer = new TensorWriter(Plain with { InputSize = new ImageSize(4, 4), ResizePolicy = ResizePolicy.Letterbox });
        float[] tensor = new float[writer.Length];
        tensor.AsSpan().Fill(7);
        using RgbImage image = RgbImage.FromPixels(new byte[24], 4, 2);
        writer.Write(image, tensor);
        Assert.All(tensor, value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_centre_crop_takes_the_middle()
    {
        // Of 6×4, the middle 4×4, of which half the sides: the 2×2 pixels from (2, 1).
        ImagePreprocessing preprocessing = Plain with { ResizePolicy = ResizePolicy.CenterCrop, CropFraction = 0.5 };
        byte[] pixels = [.. Enumerable.Range(0, 24).SelectMany(i => new byte[] { (byte)i, 0, 0 })];
        Assert.Equal([8f, 9, 14, 15], Write(preprocessing, pixels, 6, 4)[..4]);
    }

    [Fact]
    public void A_whole_centre_crop_of_a_wide_image_loses_its_sides_only()
    {
        byte[] pixels = [.. Enumerable.Range(0, 8).SelectMany(i => new byte[] { (byte)i, 0, 0 })];
        Assert.Equal([1f, 2, 5, 6], Write(Plain with { ResizePolicy = ResizePolicy.CenterCrop }, pixels, 4, 2)[..4]);
    }

    [Fact]
    public void Every_layout_holds_the_resized_pixels_normalised() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 40], Gen.Int[1, 70], Gen.Int[1, 40], Gen.Bool, Gen.Bool, Gen.Int).Sample((width, height, inputWidth, inputHeight, bgr, nhwc, seed) =>
        {
            var size = new ImageSize(inputWidth, inputHeight);
            ImagePreprocessing preprocessing = ImagePreprocessing.ImageNet with
            {
                InputSize = size,
                ChannelOrder = bgr ? ChannelOrder.Bgr : ChannelOrder.Rgb,
                Layout = nhwc ? TensorLayout.Nhwc : TensorLayout.Nchw,
            };
            byte[] pixels = new byte[3 * width * height];
            new Random(seed).NextBytes(pixels);
            float[] tensor = Write(preprocessing, pixels, width, height);

            using RgbImage image = RgbImage.FromPixels(pixels, width, height);
            using RgbImage resized = ImageResampler.Resize(image, size);
            double[] mean = [0.485, 0.456, 0.406];
            double[] std = [0.229, 0.224, 0.225];
            int places = inputWidth * inputHeight;
            for (int place = 0; place < places; place++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    double expected = ((resized.Pixels[(3 * place) + channel] / 255.0) - mean[channel]) / std[channel];
                    int index = bgr ? 2 - channel : channel;
                    Assert.Equal(expected, tensor[nhwc ? (3 * place) + index : (index * places) + place], 1e-5);
                }
            }
        });

    private static float[] Write(ImagePreprocessing preprocessing, byte[] pixels, int width, int height)
    {
        var writer = new TensorWriter(preprocessing);
        using RgbImage image = RgbImage.FromPixels(pixels, width, height);
        float[] tensor = new float[writer.Length];
        writer.Write(image, tensor);
        return tensor;
    }
}
