using ArtSimilarity.EncodedImages;
using ArtSimilarity.Imaging;
using ArtSimilarity.SyntheticImages;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

/// <summary>Files that once failed: each gives the right picture or a clear sentence.</summary>
public sealed class SharedCaseTests
{
    private static readonly NetVipsImageDecoder Refusing = new();
    private static readonly NetVipsImageDecoder Accepting = new(new NetVipsOptions { DamagedImages = DamagedImages.Accept });

    [Theory]
    [InlineData("tiff/c_zstd.tif", ImageDecodeError.UnsupportedFormat, "TIFF compressed with ZSTD is not supported")]
    [InlineData("tiff/deflate_zeroed.tif", ImageDecodeError.Corrupt, "damaged TIFF")]
    [InlineData("tiff/deflate_zeroed_most.tif", ImageDecodeError.Corrupt, "damaged TIFF")]
    [InlineData("tiff/ifdfirst_trunc5.tif", ImageDecodeError.Corrupt, "damaged TIFF")]
    [InlineData("tiff/jpegtif_zeroed.tif", ImageDecodeError.Corrupt, "damaged TIFF")]
    [InlineData("tiff/lzw_zeroed.tif", ImageDecodeError.Corrupt, "damaged TIFF")]
    [InlineData("formats/x.jp2", ImageDecodeError.UnsupportedFormat, "format not supported: JPEG 2000")]
    [InlineData("formats/x.jxl", ImageDecodeError.UnsupportedFormat, "format not supported: JPEG XL")]
    [InlineData("formats/x.heic", ImageDecodeError.UnsupportedFormat, "HEIC (HEVC) is not supported")]
    [InlineData("bombs/bands200_10000.tif", ImageDecodeError.LimitExceeded, "200 channels are more than the 8 allowed")]
    [InlineData("bombs/bands1000.tif", ImageDecodeError.LimitExceeded, "1000 channels are more than the 8 allowed")]
    public void A_case_is_refused_with_its_reason(string file, ImageDecodeError error, string reason)
    {
        ImageSource source = ImageSource.FromFile(SharedData.Require("cases/" + file));
        foreach (ImageSize? minimum in new ImageSize?[] { null, new(100, 100) })
        {
            ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => Refusing.Open(source, minimum));
            Assert.Equal(error, e.Error);
            Assert.StartsWith(reason, e.Reason, StringComparison.Ordinal);
            if (error != ImageDecodeError.Corrupt)
            {
                // No option makes a picture of these.
                Assert.Equal(error, Assert.Throws<ImageDecodeException>(() => Accepting.Open(source, minimum)).Error);
                if (error == ImageDecodeError.UnsupportedFormat)
                {
                    Assert.Matches("convert|save it with", e.Reason);
                }

                continue;
            }

            using RgbImage image = Accepting.Open(source, minimum);
            Assert.Equal(reason, image.Damage![..reason.Length]);
            Assert.Equal(minimum is null ? new ImageSize(640, 520) : new ImageSize(124, 100), image.Size);
        }
    }

    [Theory]
    [InlineData("tiff/rgb_extra_unspecified.tif")]
    [InlineData("tiff/thumbfirst.tif")]
    [InlineData("formats/x.bmp")]
    public void A_case_gives_the_same_picture_as_its_small_png(string file)
    {
        using RgbImage expected = Refusing.Open(ImageSource.FromFile(SharedData.Require("cases/formats/small64.png")));
        foreach (ImageSize? minimum in new ImageSize?[] { null, new(64, 52) })
        {
            using RgbImage image = Refusing.Open(ImageSource.FromFile(SharedData.Require("cases/" + file)), minimum);
            Assert.Null(image.Damage);
            Assert.Equal(minimum ?? new ImageSize(640, 520), image.Size);
            using RgbImage small = ImageResampler.Resize(image, expected.Size);
            Assert.InRange(MeanDifference(small, expected), 0, 4);
        }
    }

    private static double MeanDifference(RgbImage a, RgbImage b)
    {
        long sum = 0;
        for (int i = 0; i < a.Pixels.Length; i++)
        {
            sum += Math.Abs(a.Pixels[i] - b.Pixels[i]);
        }

        return (double)sum / a.Pixels.Length;
    }
}
