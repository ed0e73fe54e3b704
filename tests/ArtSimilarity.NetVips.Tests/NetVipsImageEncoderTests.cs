using System.Text;
using ArtSimilarity.Imaging;
using CsCheck;
using NetVips;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

public sealed class NetVipsImageEncoderTests
{
    private static readonly NetVipsImageDecoder Decoder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_longest_side_is_no_longer_than_was_said_and_the_proportions_stay() =>
        await Gen.Select(Gen.Int[1, 300], Gen.Int[1, 300], Gen.Int[1, 350]).SampleAsync(
            async (width, height, side) =>
            {
                using var image = new RgbImage(width, height);
                using RgbImage read = await Decoder.DecodeAsync(ImageSource.FromBytes(NetVipsImageEncoder.EncodeJpeg(image, side)), null, null, Cancellation);
                double scale = Math.Min(1, side / (double)Math.Max(width, height));
                Assert.Equal(Math.Min(side, Math.Max(width, height)), Math.Max(read.Width, read.Height));
                Assert.InRange(read.Width, Math.Max(1, (width * scale) - 0.51), Math.Max(1, (width * scale) + 0.51));
                Assert.InRange(read.Height, Math.Max(1, (height * scale) - 0.51), Math.Max(1, (height * scale) + 0.51));
            },
            iter: 150);

    [Fact]
    public async Task Colours_stay_and_a_better_quality_takes_more_bytes()
    {
        using var image = new RgbImage(200, 100);
        for (int i = 0; i < 200 * 100; i++)
        {
            (image.Pixels[3 * i], image.Pixels[(3 * i) + 1], image.Pixels[(3 * i) + 2]) = i % 200 < 100 ? ((byte)220, (byte)40, (byte)10) : ((byte)10, (byte)60, (byte)200);
        }

        foreach (int? side in (int?[])[null, 50])
        {
            using RgbImage read = await Decoder.DecodeAsync(ImageSource.FromBytes(NetVipsImageEncoder.EncodeJpeg(image, side)), null, null, Cancellation);
            int left = 3 * ((read.Height / 2 * read.Width) + (read.Width / 4)), right = left + (3 * (read.Width / 2));
            foreach ((int at, int[] colour) in ((int, int[])[])[(left, [220, 40, 10]), (right, [10, 60, 200])])
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    Assert.InRange(read.Pixels[at + channel], colour[channel] - 8, colour[channel] + 8);
                }
            }
        }

        new Random(1).NextBytes(image.Pixels);
        Assert.True(NetVipsImageEncoder.EncodeJpeg(image, null, 30).Length < NetVipsImageEncoder.EncodeJpeg(image, null, 90).Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(40)]
    public void A_file_has_pixels_and_no_metadata(int? side)
    {
        using var image = new RgbImage(80, 60);
        byte[] jpeg = NetVipsImageEncoder.EncodeJpeg(image, side);
        Assert.Equal([0xFF, 0xD8], jpeg[..2]);
        string text = Encoding.Latin1.GetString(jpeg);
        Assert.All((string[])["Exif", "ICC_PROFILE", "http://ns.adobe.com", "Photoshop"], mark => Assert.DoesNotContain(mark, text, StringComparison.Ordinal));
        for (int at = 2; jpeg[at + 1] != 0xDA; at += 2 + (jpeg[at + 2] << 8) + jpeg[at + 3])
        {
            Assert.False(jpeg[at + 1] is (>= 0xE1 and <= 0xEF) or 0xFE, $"segment {jpeg[at + 1]:x}"); // of applications but JFIF, and comments
        }

        using Image read = Image.NewFromBuffer(jpeg);
        Assert.Equal((3, Enums.Interpretation.Srgb), (read.Bands, read.Interpretation));
    }

    [Fact]
    public void Values_outside_their_ranges_are_refused()
    {
        using var image = new RgbImage(2, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => NetVipsImageEncoder.EncodeJpeg(image, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetVipsImageEncoder.EncodeJpeg(image, null, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => NetVipsImageEncoder.EncodeJpeg(image, null, 101));
    }
}
