using ArtSimilarity.EncodedImages;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.SyntheticImages;
using ArtSimilarity.Testing;
using Microsoft.Extensions.DependencyInjection;
using NetVips;
using Xunit;

namespace ArtSimilarity.ImageSharp.Tests;

/// <summary>Images that libvips wrote, decoded by ImageSharp: the right colours, or a refusal by name.</summary>
public sealed class ImageSharpFormatTests
{
    private static readonly ImageSharpImageDecoder Decoder = new();

    public static TheoryData<string, byte[]> Solid
    {
        get
        {
            _ = new NetVipsImageDecoder(); // sets libvips up
            using Image image = TestImages.Solid(48, 32, 200, 100, 50);
            using Image deep = TestImages.Solid16(48, 32, 200 * 257, 100 * 257, 50 * 257);
            byte[] bmp = [(byte)'B', (byte)'M', 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 48, 0, 0, 0, 32, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], .. Repeat(48 * 32, 50, 100, 200)];
            byte[] tga = [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 48, 0, 32, 0, 24, 0x20, .. Repeat(48 * 32, 50, 100, 200)];
            return new()
            {
                { "JPEG", image.JpegsaveBuffer(q: 95) },
                { "progressive JPEG", image.JpegsaveBuffer(q: 95, interlace: true) },
                { "PNG", image.PngsaveBuffer() },
                { "PNG of 16 bits", deep.PngsaveBuffer() },
                { "interlaced PNG", image.PngsaveBuffer(interlace: true) },
                { "WebP", image.WebpsaveBuffer(q: 95) },
                { "lossless WebP", image.WebpsaveBuffer(lossless: true) },
                { "GIF", image.GifsaveBuffer() },
                { "BMP", bmp },
                { "TGA", tga },
                { "TIFF", image.TiffsaveBuffer() },
                { "TIFF of 16 bits", deep.TiffsaveBuffer() },
                { "TIFF with LZW", image.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Lzw, predictor: Enums.ForeignTiffPredictor.Horizontal) },
                { "TIFF with deflate", image.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate) },
                { "thumbnail first", SyntheticTiff.File(SyntheticTiff.Solid(8, 8, 2, 0, 0, 255), SyntheticTiff.Solid(48, 32, 2, 200, 100, 50)) },
                { "fourth channel of no meaning", SyntheticTiff.File(SyntheticTiff.Solid(48, 32, 2, 200, 100, 50, 0).Set(338, 0)) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Solid))]
    public void Every_format_is_read_at_every_size(string name, byte[] file)
    {
        foreach (ImageSize? minimum in new ImageSize?[] { null, new(24, 16) })
        {
            using RgbImage image = Decoder.Open(ImageSource.FromBytes(file, name), minimum);
            Assert.Equal(minimum ?? new ImageSize(48, 32), image.Size);
            AssertColour(image, 200, 100, 50, 3);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Every_exif_orientation_is_undone_as_libvips_does(int orientation)
    {
        using Image quarters = TestImages.Quarters(160, 96);
        using Image tagged = quarters.Mutate(m => m.Set(GValue.GIntType, "orientation", orientation));
        foreach (byte[] file in new[] { tagged.JpegsaveBuffer(q: 100, subsampleMode: Enums.ForeignSubsample.Off), tagged.TiffsaveBuffer(), tagged.WebpsaveBuffer(lossless: true) })
        {
            foreach ((ImageSize? minimum, ImageRegion? region) in new (ImageSize?, ImageRegion?)[] { (null, null), (new(40, 30), null), (null, new(0.25, 0, 0.5, 0.5)), (new(20, 16), new(0, 0.25, 0.5, 0.5)) })
            {
                using RgbImage expected = new NetVipsImageDecoder().Open(ImageSource.FromBytes(file), minimum, region);
                using RgbImage image = Decoder.Open(ImageSource.FromBytes(file), minimum, region);
                Assert.Equal(expected.Size, image.Size);
                int near = 0;
                for (int i = 0; i < image.Pixels.Length; i++)
                {
                    near += Math.Abs(image.Pixels[i] - expected.Pixels[i]) <= 30 ? 1 : 0;
                }

                Assert.InRange(near, image.Pixels.Length * 0.93, image.Pixels.Length); // the borders between the quarters are filtered otherwise
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void Transparency_is_flattened_on_white(int? minimum)
    {
        using Image gray = TestImages.Solid(20, 20, 100, 51);
        AssertColour(gray.PngsaveBuffer(), minimum, 224, 224, 224);
        using Image deep = TestImages.Solid16(20, 20, 0, 100 * 257, 255 * 257, 51 * 257);
        AssertColour(deep.PngsaveBuffer(), minimum, 204, 224, 255);
        AssertColour(deep.WebpsaveBuffer(lossless: true), minimum, 204, 224, 255);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void A_profile_of_a_matrix_and_curves_is_converted_to_srgb(int? minimum)
    {
        using Image srgb = TestImages.Solid(64, 64, 90, 160, 110);
        using Image p3 = srgb.IccTransform("p3", inputProfile: "srgb", intent: Enums.Intent.Relative);
        foreach (byte[] file in new[] { p3.PngsaveBuffer(), p3.TiffsaveBuffer(), p3.WebpsaveBuffer(lossless: true), p3.JpegsaveBuffer(q: 100) })
        {
            AssertColour(file, minimum, 90, 160, 110, 3);
        }

        using Image half = p3.Bandjoin(128);
        AssertColour(half.PngsaveBuffer(), minimum, 172, 207, 182, 3);
    }

    [Fact]
    public void Converted_colours_are_those_of_lcms()
    {
        // A cloud of colours in Display P3, some outside sRGB, converted by both decoders.
        using Image noise = Image.Gaussnoise(64, 64, sigma: 70, mean: 128, seed: 5);
        using Image more = Image.Gaussnoise(64, 64, sigma: 70, mean: 128, seed: 6);
        using Image others = Image.Gaussnoise(64, 64, sigma: 70, mean: 128, seed: 7);
        using Image joined = noise.Bandjoin(more, others);
        using Image bytes = joined.Cast(Enums.BandFormat.Uchar);
        using Image rgb = bytes.Copy(interpretation: Enums.Interpretation.Srgb);
        using Image tagged = rgb.IccTransform("p3", inputProfile: "srgb", intent: Enums.Intent.Relative);
        using Image wide = rgb.Mutate(m => m.Set(GValue.BlobType, "icc-profile-data", (byte[])tagged.Get("icc-profile-data")));
        byte[] png = wide.PngsaveBuffer();

        using RgbImage expected = new NetVipsImageDecoder().Open(ImageSource.FromBytes(png));
        using RgbImage image = Decoder.Open(ImageSource.FromBytes(png));
        int changed = 0;
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            Assert.InRange(image.Pixels[i], expected.Pixels[i] - 3, expected.Pixels[i] + 3);
            changed += Math.Abs(bytes.Getpoint(i / 3 % 64, i / 3 / 64)[i % 3] - image.Pixels[i]) > 5 ? 1 : 0;
        }

        Assert.InRange(changed, 1000, image.Pixels.Length); // the profile does matter
    }

    [Fact]
    public void A_useless_profile_is_ignored()
    {
        using Image image = TestImages.Solid(64, 64, 90, 160, 110);
        using Image tagged = image.Mutate(m => m.Set(GValue.BlobType, "icc-profile-data", new byte[200]));
        AssertColour(tagged.TiffsaveBuffer(), null, 90, 160, 110);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public void Cmyk_without_a_profile_is_converted_as_browsers_do(int? minimum)
    {
        using Image image = TestImages.Solid(64, 64, 51, 102, 0, 51);
        using Image cmyk = image.Copy(interpretation: Enums.Interpretation.Cmyk);
        AssertColour(cmyk.JpegsaveBuffer(q: 100, keep: Enums.ForeignKeep.None), minimum, 163, 122, 204, 3);
    }

    [Fact]
    public void What_would_have_wrong_colours_is_refused_by_name()
    {
        using Image image = TestImages.Solid(64, 64, 51, 102, 0, 51);
        using Image cmyk = image.Copy(interpretation: Enums.Interpretation.Cmyk);
        AssertUnsupported(cmyk.TiffsaveBuffer(), "TIFF with CMYK colours");
        using Image profiled = cmyk.IccTransform("cmyk", inputProfile: "cmyk", intent: Enums.Intent.Relative);
        AssertUnsupported(profiled.JpegsaveBuffer(), "JPEG with an ICC profile for CMYK colours");
        using Image rgb = TestImages.Solid(64, 64, 51, 102, 0);
        using Image lab = rgb.Colourspace(Enums.Interpretation.Labs);
        AssertUnsupported(lab.TiffsaveBuffer(), "TIFF with Lab colours");
        AssertUnsupported(rgb.TiffsaveBuffer(bigtiff: true), "format not supported: BigTIFF");
        AssertUnsupported(rgb.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1), "format not supported: AVIF");
        using Image real = rgb.Cast(Enums.BandFormat.Float);
        AssertUnsupported(real.TiffsaveBuffer(), "TIFF with 32-bit floating-point samples");
    }

    [Fact]
    public void The_first_frame_of_a_gif_is_taken()
    {
        using Image red = TestImages.Solid(40, 30, 255, 0, 0);
        using Image blue = TestImages.Solid(40, 30, 0, 0, 255);
        using Image both = red.Join(blue, Enums.Direction.Vertical);
        using Image animation = both.Mutate(m => m.Set(GValue.GIntType, "page-height", 30));
        AssertColour(animation.GifsaveBuffer(), null, 255, 0, 0);
    }

    [Fact]
    public void The_decoder_is_one_singleton_with_the_options_given()
    {
        var services = new ServiceCollection();
        services.AddArtSimilarity().AddImageSharp(o => o.Formats = ImageSharpFormats.Jpeg);
        using ServiceProvider provider = services.BuildServiceProvider();

        IImageDecoder decoder = provider.GetRequiredService<IImageDecoder>();

        Assert.Same(decoder, provider.GetRequiredService<IImageDecoder>());
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => decoder.Open(ImageSource.FromBytes(SyntheticPng.Gradient(4, 4))));
        Assert.Equal("format not supported: PNG (supported: Jpeg)", e.Reason);
    }

    private static IEnumerable<byte> Repeat(int count, params byte[] pixel) => Enumerable.Repeat(pixel, count).SelectMany(p => p);

    private static void AssertUnsupported(byte[] file, string reason)
    {
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Decoder.Open(ImageSource.FromBytes(file)));
        Assert.Equal(ImageDecodeError.UnsupportedFormat, e.Error);
        Assert.StartsWith(reason, e.Reason, StringComparison.Ordinal);
    }

    private static void AssertColour(byte[] file, int? minimum, int red, int green, int blue, int tolerance = 2)
    {
        using RgbImage image = Decoder.Open(ImageSource.FromBytes(file), minimum is { } side ? new ImageSize(side, side) : null);
        AssertColour(image, red, green, blue, tolerance);
    }

    private static void AssertColour(RgbImage image, int red, int green, int blue, int tolerance)
    {
        for (int i = 0; i < image.Pixels.Length; i += 3)
        {
            Assert.InRange(image.Pixels[i], red - tolerance, red + tolerance);
            Assert.InRange(image.Pixels[i + 1], green - tolerance, green + tolerance);
            Assert.InRange(image.Pixels[i + 2], blue - tolerance, blue + tolerance);
        }
    }
}
