using ArtSimilarity.EncodedImages;
using ArtSimilarity.Imaging;
using ArtSimilarity.SyntheticImages;
using ArtSimilarity.Testing;
using NetVips;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

public sealed class ImageFormatTests
{
    private static readonly NetVipsImageDecoder Decoder = new();

    public static TheoryData<int, bool, bool> Orientations
    {
        get
        {
            var data = new TheoryData<int, bool, bool>();
            foreach (int orientation in Enumerable.Range(1, 8))
            {
                data.Add(orientation, false, false);
                data.Add(orientation, true, false);
                data.Add(orientation, false, true);
                data.Add(orientation, true, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void Every_exif_orientation_is_undone(int orientation, bool shrink, bool region)
    {
        // What libvips' own upright picture is, from the pixels as stored.
        using Image quarters = TestImages.Quarters(160, 96);
        using Image tagged = quarters.Mutate(m => m.Set(GValue.GIntType, "orientation", orientation));
        using Image upright = tagged.Autorot();
        byte[] expected = upright.WriteToMemory<byte>();
        ImageSource source = ImageSource.FromBytes(tagged.JpegsaveBuffer(q: 100, subsampleMode: Enums.ForeignSubsample.Off));
        ImageRegion? part = region ? new ImageRegion(0.25, 0.25, 0.25, 0.5) : null;

        using RgbImage image = Decoder.Open(source, shrink ? new ImageSize(10, 8) : null, part);

        Assert.Equal(orientation >= 5 ? new ImageSize(96, 160) : new ImageSize(160, 96), new ImageSize(upright.Width, upright.Height));
        ImageSize full = part is { } p ? Size(p.ToPixels(new ImageSize(upright.Width, upright.Height))) : new ImageSize(upright.Width, upright.Height);
        Assert.Equal((double)full.Width / full.Height, (double)image.Width / image.Height, 0.15);
        Assert.Equal(!shrink, image.Size == full);

        // Two rows and columns of points, clear of the borders between the quarters.
        foreach ((double x, double y) in new[] { (0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9), (0.4, 0.2), (0.2, 0.4), (0.8, 0.7) })
        {
            double atX = part is { } r ? r.X + (x * r.Width) : x;
            double atY = part is { } s ? s.Y + (y * s.Height) : y;
            int from = 3 * (((int)(atY * upright.Height) * upright.Width) + (int)(atX * upright.Width));
            int to = 3 * (((int)(y * image.Height) * image.Width) + (int)(x * image.Width));
            if (Math.Abs(atX - 0.5) < 0.05 || Math.Abs(atY - 0.5) < 0.05)
            {
                continue;
            }

            for (int channel = 0; channel < 3; channel++)
            {
                Assert.InRange(image.Pixels[to + channel], expected[from + channel] - 40, expected[from + channel] + 40);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void Sixteen_bits_become_eight(int? minimum)
    {
        using Image image = TestImages.Solid16(20, 20, 10 * 257, 128 * 257, 250 * 257);
        AssertColour(image.PngsaveBuffer(), minimum, 10, 128, 250);
        AssertColour(image.TiffsaveBuffer(), minimum, 10, 128, 250);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void Sixteen_bit_gray_becomes_rgb(int? minimum)
    {
        using Image image = TestImages.Solid16(20, 20, 77 * 257);
        AssertColour(image.PngsaveBuffer(), minimum, 77, 77, 77);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void Gray_with_alpha_is_flattened_on_white(int? minimum)
    {
        using Image image = TestImages.Solid(20, 20, 100, 51);
        AssertColour(image.PngsaveBuffer(), minimum, 224, 224, 224); // 255 - 0.2 * (255 - 100)
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void Sixteen_bit_alpha_is_flattened_on_white(int? minimum)
    {
        using Image image = TestImages.Solid16(20, 20, 0, 100 * 257, 255 * 257, 51 * 257);
        AssertColour(image.PngsaveBuffer(), minimum, 204, 224, 255);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(64)]
    public void A_gradient_of_alpha_fades_to_white(int? minimum)
    {
        using Image black = TestImages.Solid(256, 64, 0, 0, 0);
        using Image ramp = Image.Identity(size: 256);
        using Image alpha = ramp.Replicate(1, 64);
        using Image image = black.Bandjoin(alpha);
        using RgbImage decoded = Decode(image.PngsaveBuffer(), minimum is { } side ? side / 2 : null);

        for (int x = 2; x < decoded.Width - 2; x++)
        {
            double expected = 255 - (255 * (x + 0.5) / decoded.Width);
            Assert.InRange(decoded.Pixels[3 * x], expected - 3, expected + 3);
        }
    }

    [Theory]
    [InlineData("gif")]
    [InlineData("webp")]
    public void The_first_frame_of_an_animation_is_taken(string format)
    {
        using Image red = TestImages.Solid(40, 30, 255, 0, 0);
        using Image blue = TestImages.Solid(40, 30, 0, 0, 255);
        using Image both = red.Join(blue, Enums.Direction.Vertical);
        using Image animation = both.Mutate(m => m.Set(GValue.GIntType, "page-height", 30));
        byte[] bytes = format == "gif" ? animation.GifsaveBuffer() : animation.WebpsaveBuffer(lossless: true);
        using Image all = Image.NewFromBuffer(bytes, "n=-1");
        Assert.Equal(60, all.Height); // it is an animation

        AssertColour(bytes, null, 255, 0, 0, new ImageSize(40, 30));
        AssertColour(bytes, 15, 255, 0, 0, new ImageSize(20, 15));
    }

    [Fact]
    public void Tiff_and_avif_are_read()
    {
        using Image image = TestImages.Solid(48, 32, 200, 100, 50);
        AssertColour(image.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Lzw), null, 200, 100, 50, new ImageSize(48, 32));
        AssertColour(image.TiffsaveBuffer(tile: true, tileWidth: 16, tileHeight: 16, bigtiff: true), 16, 200, 100, 50, new ImageSize(24, 16));
        AssertColour(image.HeifsaveBuffer(q: 90, compression: Enums.ForeignHeifCompression.Av1), null, 200, 100, 50, new ImageSize(48, 32));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void Cmyk_without_a_profile_is_converted_as_browsers_do(int? minimum)
    {
        using Image image = TestImages.Solid(64, 64, 51, 102, 0, 51);
        using Image cmyk = image.Copy(interpretation: Enums.Interpretation.Cmyk);
        AssertColour(cmyk.TiffsaveBuffer(), minimum, 163, 122, 204);
        AssertColour(cmyk.JpegsaveBuffer(q: 100, keep: Enums.ForeignKeep.None), minimum, 163, 122, 204);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void An_embedded_profile_is_converted_to_srgb(int? minimum)
    {
        // Full green of Display P3 lies outside sRGB; a mid green lands on other numbers. The same colour, either way.
        using Image srgb = TestImages.Solid(64, 64, 90, 160, 110);
        using Image p3 = srgb.IccTransform("p3", inputProfile: "srgb", intent: Enums.Intent.Relative);
        byte[] png = p3.PngsaveBuffer();
        using (Image stored = Image.NewFromBuffer(png))
        {
            Assert.True(Math.Abs(stored[0].Avg() - 90) > 10); // the stored numbers do differ
        }

        AssertColour(png, minimum, 90, 160, 110);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void Sixteen_bit_alpha_and_a_profile_go_together(int? minimum)
    {
        using Image srgb = TestImages.Solid16(20, 20, 90 * 257, 160 * 257, 110 * 257);
        using Image p3 = srgb.IccTransform("p3", inputProfile: "srgb", intent: Enums.Intent.Relative, depth: 16);
        using Image image = p3.Bandjoin(32768);
        AssertColour(image.PngsaveBuffer(), minimum, 173, 208, 183, tolerance: 4); // half way to white, in either space
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void A_useless_profile_is_ignored(int? minimum)
    {
        using Image image = TestImages.Solid(64, 64, 90, 160, 110);
        using Image tagged = image.Mutate(m => m.Set(GValue.BlobType, "icc-profile-data", new byte[200]));
        AssertColour(tagged.TiffsaveBuffer(), minimum, 90, 160, 110);
    }

    [Theory]
    [InlineData("BM6\0\0\0\0\0\0\0", "format not supported: unknown, starting with the bytes 424D36")]
    [InlineData("%PDF-1.7", "format not supported: PDF")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>", "format not supported: SVG")]
    [InlineData("  <!DOCTYPE html><html>", "format not supported: an HTML page")]
    [InlineData("8BPS", "format not supported: Photoshop")]
    [InlineData("x", "format not supported: unknown, starting with the bytes 78")]
    public void An_unsupported_format_is_named(string content, string reason)
    {
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Decode(System.Text.Encoding.Latin1.GetBytes(content), null));
        Assert.Equal(ImageDecodeError.UnsupportedFormat, e.Error);
        Assert.StartsWith(reason, e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decoding_under_way_is_cancelled()
    {
        // At full size this takes a good half second where it is not stopped.
        byte[] png = SyntheticPng.Encode(10_000, 10_000, 8, 0, new byte[10_001 * 10_000]);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(10));

        Assert.Throws<OperationCanceledException>(() => Decoder.Decode(ImageSource.FromBytes(png), cancellationToken: cancellation.Token));
    }

    private static RgbImage Decode(byte[] bytes, int? minimum) =>
        Decoder.Open(ImageSource.FromBytes(bytes), minimum is { } side ? new ImageSize(side, side) : null);

    private static ImageSize Size((int X, int Y, int Width, int Height) rectangle) => new(rectangle.Width, rectangle.Height);

    private static void AssertColour(byte[] bytes, int? minimum, int red, int green, int blue, ImageSize? size = null, int tolerance = 2)
    {
        using RgbImage image = Decode(bytes, minimum);
        if (size is { } expected)
        {
            Assert.Equal(expected, image.Size);
        }

        for (int i = 0; i < image.Pixels.Length; i += 3)
        {
            Assert.InRange(image.Pixels[i], red - tolerance, red + tolerance);
            Assert.InRange(image.Pixels[i + 1], green - tolerance, green + tolerance);
            Assert.InRange(image.Pixels[i + 2], blue - tolerance, blue + tolerance);
        }
    }
}
