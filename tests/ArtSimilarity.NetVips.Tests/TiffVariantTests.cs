using ArtSimilarity.EncodedImages;
using ArtSimilarity.Imaging;
using ArtSimilarity.SyntheticImages;
using NetVips;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

/// <summary>The many kinds of TIFF: the right colours or a clear refusal, never wrong colours.</summary>
public sealed class TiffVariantTests
{
    private static readonly NetVipsImageDecoder Decoder = new();

    public static TheoryData<int?> Sizes => new((int?)null, 8);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_fourth_channel_of_no_stated_meaning_is_not_transparency(int? minimum)
    {
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 2, 200, 100, 50, 0).Set(338, 0)), minimum, 200, 100, 50);
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 2, 200, 100, 50, 0)), minimum, 200, 100, 50); // not even the field that states it
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_fourth_channel_stated_to_be_transparency_is_flattened_on_white(int? minimum)
    {
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 2, 200, 100, 50, 51).Set(338, 2)), minimum, 244, 224, 214);

        // Associated: the colours are multiplied already.
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 2, 40, 20, 10, 51).Set(338, 1)), minimum, 244, 224, 214, tolerance: 4);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Transparency_is_found_among_several_further_channels(int? minimum)
    {
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 2, 200, 100, 50, 0, 51).Set(338, 0, 2)), minimum, 244, 224, 214);
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 2, 200, 100, 50, 7, 8, 9).Set(338, 0, 0, 0)), minimum, 200, 100, 50);
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 1, 90, 0).Set(338, 0)), minimum, 90, 90, 90);
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 5, 51, 102, 0, 51, 0).Set(338, 0)), minimum, 163, 122, 204);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gray_may_begin_at_white_or_at_black(int? minimum)
    {
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 0, 55)), minimum, 200, 200, 200);
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 1, 55)), minimum, 55, 55, 55);
        AssertColour(SyntheticTiff.File(new SyntheticTiff(16, 16, 0, 1, 1, new byte[32])), minimum, 255, 255, 255);
        AssertColour(SyntheticTiff.File(new SyntheticTiff(16, 16, 1, 1, 1, new byte[32])), minimum, 0, 0, 0);
        AssertColour(SyntheticTiff.File(new SyntheticTiff(16, 16, 1, 1, 4, [.. Enumerable.Repeat((byte)0x99, 128)])), minimum, 153, 153, 153);
        AssertColour(SyntheticTiff.File(new SyntheticTiff(16, 16, 0, 1, 16, [.. Enumerable.Repeat((byte)55, 512)])), minimum, 200, 200, 200);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_palette_is_looked_up(int? minimum)
    {
        uint[] map = new uint[768];
        (map[3], map[256 + 3], map[512 + 3]) = (200 * 257, 100 * 257, 50 * 257);
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 3, 3).Set(320, map)), minimum, 200, 100, 50);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Planes_may_lie_one_after_the_other(int? minimum)
    {
        byte[] planes = [.. Enumerable.Repeat((byte)200, 256), .. Enumerable.Repeat((byte)100, 256), .. Enumerable.Repeat((byte)50, 256)];
        AssertColour(
            SyntheticTiff.File(new SyntheticTiff(16, 16, 2, 3, 8, planes) { StripCount = 3 }.Set(284, 2).Set(279, 256, 256, 256)), minimum, 200, 100, 50);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Cmyk_lab_and_jpeg_inside_give_the_colours_they_mean(int? minimum)
    {
        using Image rgb = TestImages.Solid(32, 32, 200, 100, 50);
        AssertColour(rgb.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Jpeg, q: 95), minimum, 200, 100, 50, tolerance: 5);
        using Image labs = rgb.Colourspace(Enums.Interpretation.Labs);
        AssertColour(labs.TiffsaveBuffer(), minimum, 200, 100, 50, tolerance: 3);
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 5, 51, 102, 0, 51)), minimum, 163, 122, 204);
        AssertColour(
            SyntheticTiff.File(new SyntheticTiff(16, 16, 5, 4, 16, [.. Enumerable.Range(0, 256).SelectMany(_ => new byte[] { 51, 51, 102, 102, 0, 0, 51, 51 })])), minimum, 163, 122, 204);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_compression_that_libvips_writes_is_read(int? minimum)
    {
        using Image rgb = TestImages.Solid(32, 32, 200, 100, 50);
        foreach (Enums.ForeignTiffCompression compression in new[] { Enums.ForeignTiffCompression.None, Enums.ForeignTiffCompression.Lzw, Enums.ForeignTiffCompression.Deflate, Enums.ForeignTiffCompression.Packbits })
        {
            foreach (bool tile in new[] { false, true })
            {
                AssertColour(rgb.TiffsaveBuffer(compression: compression, tile: tile, predictor: Enums.ForeignTiffPredictor.Horizontal), minimum, 200, 100, 50);
            }
        }
    }

    [Fact]
    public void A_pyramid_in_pages_or_below_a_page_gives_the_picture_at_every_size()
    {
        using Image quarters = TestImages.Quarters(512, 384);
        foreach (bool subIfd in new[] { false, true })
        {
            byte[] pyramid = quarters.TiffsaveBuffer(pyramid: true, tile: true, tileWidth: 64, tileHeight: 64, subifd: subIfd);
            foreach (int? minimum in new int?[] { null, 300, 192, 100, 50, 20 })
            {
                using RgbImage image = Decode(pyramid, minimum);
                Assert.Equal(minimum ?? 384, image.Height);
                ReadOnlySpan<byte> topLeft = image.Pixels[..3];
                Assert.InRange(topLeft[0], 250, 255);
                Assert.InRange(topLeft[2], 0, 5);
                ReadOnlySpan<byte> bottomRight = image.Pixels[^3..];
                Assert.InRange(bottomRight[1], 250, 255);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_largest_page_is_taken_and_the_first_among_equals(int? minimum)
    {
        SyntheticTiff thumbnail = SyntheticTiff.Solid(10, 8, 2, 255, 0, 0), large = SyntheticTiff.Solid(40, 32, 2, 200, 100, 50), other = SyntheticTiff.Solid(40, 32, 2, 0, 0, 255);
        ImageSize size = minimum is null ? new ImageSize(40, 32) : new ImageSize(10, 8);
        AssertColour(SyntheticTiff.File(thumbnail, large), minimum, 200, 100, 50, size);
        AssertColour(SyntheticTiff.File(large, thumbnail), minimum, 200, 100, 50, size);
        AssertColour(SyntheticTiff.File(large, other), minimum, 200, 100, 50, size);
        AssertColour(SyntheticTiff.File(thumbnail, thumbnail, large, other), minimum, 200, 100, 50, size);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_page_of_half_the_size_that_shows_something_else_is_never_taken_for_the_picture(int? minimum)
    {
        SyntheticTiff page = SyntheticTiff.Solid(40, 32, 2, 200, 100, 50), half = SyntheticTiff.Solid(20, 16, 2, 0, 0, 255);
        AssertColour(SyntheticTiff.File(page, half), minimum, 200, 100, 50);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_mask_or_a_smaller_version_is_not_the_picture(int? minimum)
    {
        SyntheticTiff page = SyntheticTiff.Solid(40, 32, 2, 200, 100, 50);
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(80, 64, 1, 0).Set(254, 4), page), minimum, 200, 100, 50);
        AssertColour(SyntheticTiff.File(SyntheticTiff.Solid(80, 64, 2, 0, 0, 255).Set(254, 1), page), minimum, 200, 100, 50);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_larger_picture_below_a_page_is_taken(int? minimum)
    {
        SyntheticTiff thumbnail = SyntheticTiff.Solid(10, 8, 2, 255, 0, 0);
        thumbnail.SubIfds.Add(SyntheticTiff.Solid(40, 32, 2, 200, 100, 50));
        thumbnail.SubIfds.Add(SyntheticTiff.Solid(20, 16, 2, 0, 0, 255));
        AssertColour(SyntheticTiff.File(thumbnail), minimum, 200, 100, 50);
    }

    public static TheoryData<string, int, int, int, int, string> Unsupported => new()
    {
        { "float", 2, 3, 32, 3, "32-bit floating-point samples" },
        { "half", 2, 3, 16, 3, "16-bit floating-point samples" },
        { "double gray", 1, 1, 64, 3, "64-bit floating-point samples" },
        { "32-bit integers", 2, 3, 32, 1, "32 bits a sample" },
        { "signed", 1, 1, 16, 2, "signed numbers" },
        { "complex", 1, 1, 64, 6, "complex numbers" },
        { "12 bits", 2, 3, 12, 1, "12 bits a sample" },
        { "camera raw", 32803, 1, 16, 1, "raw data of a camera" },
        { "8-bit Lab", 8, 3, 8, 1, "Lab colours of 8 bits" },
        { "ICC Lab", 9, 3, 8, 1, "ICC Lab" },
        { "LogLuv", 32845, 3, 16, 1, "LogLuv" },
        { "five inks", 5, 5, 8, 1, "5 inks" },
        { "RGB of two channels", 2, 2, 8, 1, "2 channels" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void A_variant_whose_colours_cannot_be_told_is_refused_by_name(string name, int photometric, int samples, int bits, int format, string expected)
    {
        byte[] file = SyntheticTiff.File(
            new SyntheticTiff(16, 16, photometric, samples, bits, new byte[16 * 16 * samples * bits / 8]).Set(339, [.. Enumerable.Repeat((uint)format, samples)]));
        foreach (int? minimum in new int?[] { null, 8 })
        {
            ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Decoder.Open(ImageSource.FromBytes(file, name), minimum is { } m ? new ImageSize(m, m) : null));
            Assert.Equal(ImageDecodeError.UnsupportedFormat, e.Error);
            Assert.Contains(expected, e.Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(34925, "LZMA")]
    [InlineData(34712, "JPEG 2000")]
    [InlineData(6, "old-style JPEG")]
    [InlineData(34887, "LERC")]
    [InlineData(34661, "JBIG")]
    [InlineData(4711, "scheme 4711")]
    public void A_compression_that_is_not_there_is_named(int compression, string name)
    {
        byte[] file = SyntheticTiff.File(SyntheticTiff.Solid(16, 16, 2, 1, 2, 3).Set(259, (uint)compression));
        foreach (DamagedImages damaged in Enum.GetValues<DamagedImages>())
        {
            ImageDecodeException e = Assert.Throws<ImageDecodeException>(
                () => new NetVipsImageDecoder(new NetVipsOptions { DamagedImages = damaged }).Open(ImageSource.FromBytes(file)));
            Assert.Equal(ImageDecodeError.UnsupportedFormat, e.Error);
            Assert.Contains("TIFF compressed with " + name, e.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_chain_of_directories_that_bites_its_tail_ends()
    {
        byte[] file = SyntheticTiff.File(SyntheticTiff.Solid(20, 16, 2, 200, 100, 50), SyntheticTiff.Solid(20, 16, 2, 0, 0, 255));
        int last = file.Length - 4;
        file.AsSpan(4, 4).CopyTo(file.AsSpan(last)); // the last directory's successor is the first
        AssertColour(file, null, 200, 100, 50);
    }

    private static RgbImage Decode(byte[] bytes, int? minimum) =>
        Decoder.Open(ImageSource.FromBytes(bytes), minimum is { } side ? new ImageSize(side, side) : null);

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
