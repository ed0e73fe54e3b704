using System.Security.Cryptography;
using ArtSimilarity.Imaging;
using CsCheck;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>
/// The expected pixels and hashes come from Pillow 9.4: <c>Image.resize(size, Image.BILINEAR)</c> on the same noise.
/// </summary>
public class ImageResamplerTests
{
    [Fact]
    public void A_small_reduction_has_the_very_pixels_of_Pillow()
    {
        using RgbImage source = Noise(7, 5);
        using RgbImage result = ImageResampler.Resize(source, new ImageSize(4, 3));
        byte[] expected =
        [
            97, 106, 117, 112, 84, 156, 145, 68, 187, 87, 192, 192, 103, 173, 159, 102, 134, 146,
            124, 106, 171, 125, 176, 187, 127, 203, 96, 138, 153, 72, 114, 153, 151, 172, 97, 177,
        ];
        Assert.Equal(expected, result.Pixels.ToArray());
    }

    [Fact]
    public void A_small_enlargement_has_the_very_pixels_of_Pillow()
    {
        using RgbImage source = Noise(3, 2);
        using RgbImage result = ImageResampler.Resize(source, new ImageSize(5, 4));
        byte[] expected =
        [
            5, 4, 139, 68, 95, 95, 162, 232, 28, 140, 177, 102, 126, 140, 152, 54, 6, 152, 106, 75, 118, 183, 179, 66, 147, 150, 131, 124, 130, 175,
            151, 9, 177, 181, 34, 163, 226, 72, 141, 162, 95, 190, 119, 111, 222, 200, 10, 190, 219, 13, 186, 247, 18, 179, 169, 68, 219, 117, 101, 245,
        ];
        Assert.Equal(expected, result.Pixels.ToArray());
    }

    [Theory]
    [InlineData(320, 213, 224, 224, "b3fda54be994b231361a6bc297b314c4d8cb6f3c2ca9c3ac80a34616c04a390e")]
    [InlineData(640, 480, 224, 224, "a6a0a8323a9ba46fe611e6d2ff8590ccd7bf354409c7def1187b57ef4760003c")]
    [InlineData(500, 37, 31, 300, "8a151f32685add66f7bfbf0cf692060377545c144a3794508370089e1eb86ff0")]
    [InlineData(1, 1, 9, 9, "50e578d24db61bef96d1609a6f264de1dd67b510fff669369a584d4148f734a5")]
    [InlineData(100, 100, 1, 1, "ed976f6f5fc21ee4d836782f884ff856554b97cd526b8233fce37f7f13d8d507")]
    [InlineData(97, 64, 64, 64, "873821852b68ac11ea28855dd2390b7b2c6ac04c54cb6ec74e0a42e116991119")]
    [InlineData(64, 97, 64, 64, "7c5729456d28cf1e21d0b3dea23a349d023e252d48f173e4a5b5c2591eb7986f")]
    [InlineData(1999, 1333, 256, 256, "490e3ed15cdaf13ee7e6259443f9115b1ff1d9b5aff0853f07e2995182cfb6a8")]
    [InlineData(33, 33, 333, 217, "ae271a7d2df4a2929d2ff244932807d61e020329133328d68d17a69ec43027b1")]
    [InlineData(2, 300, 224, 5, "6d58a05ed6258eb6505a54177053ef226dad415a8c1976a031cba529a7cf7a52")]
    public void Every_size_gives_the_bytes_of_Pillow(int width, int height, int newWidth, int newHeight, string sha256)
    {
        using RgbImage source = Noise(width, height);
        using RgbImage result = ImageResampler.Resize(source, new ImageSize(newWidth, newHeight));
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(result.Pixels)));
    }

    [Fact]
    public void The_same_size_without_a_region_is_a_plain_copy()
    {
        using RgbImage source = Noise(31, 17);
        using RgbImage result = ImageResampler.Resize(source, source.Size);
        Assert.Equal(source.Pixels.ToArray(), result.Pixels.ToArray());
    }

    [Fact]
    public void A_region_is_resized_as_if_it_had_been_cut_out_first() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Double[0, 0.9], Gen.Double[0, 0.9]).Sample((width, height, newWidth, newHeight, x, y) =>
        {
            using RgbImage source = Noise(width, height);
            var region = new ImageRegion(x, y, (1 - x) * 0.7, (1 - y) * 0.6);
            using RgbImage crop = source.Crop(region);
            using RgbImage expected = ImageResampler.Resize(crop, new ImageSize(newWidth, newHeight));
            using RgbImage actual = ImageResampler.Resize(source, new ImageSize(newWidth, newHeight), region);
            Assert.Equal(expected.Pixels.ToArray(), actual.Pixels.ToArray());
        });

    [Fact]
    public void A_plain_colour_stays_the_same_at_any_size() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 50], Gen.Int[1, 300], Gen.Int[1, 50], Gen.Byte).Sample((width, height, newWidth, newHeight, value) =>
        {
            using var source = new RgbImage(width, height);
            source.Pixels.Fill(value);
            using RgbImage result = ImageResampler.Resize(source, new ImageSize(newWidth, newHeight));
            Assert.Equal(-1, result.Pixels.IndexOfAnyExcept(value));
        });

    [Fact]
    public void A_destination_of_another_length_is_refused()
    {
        using RgbImage source = Noise(4, 4);
        Assert.Contains("2×2", Assert.Throws<ArgumentException>(() => ImageResampler.Resize(source, null, new ImageSize(2, 2), new byte[11])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_of_zero_is_refused()
    {
        using RgbImage source = Noise(4, 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResampler.Resize(source, new ImageSize(0, 2)));
    }

    /// <summary>The high bytes of a linear congruential generator (Numerical Recipes), seed 12345.</summary>
    private static RgbImage Noise(int width, int height)
    {
        var image = new RgbImage(width, height);
        uint state = 12345;
        foreach (ref byte value in image.Pixels)
        {
            state = (state * 1664525) + 1013904223;
            value = (byte)(state >> 24);
        }

        return image;
    }
}
