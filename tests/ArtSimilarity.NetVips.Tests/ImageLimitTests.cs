using ArtSimilarity.EncodedImages;
using ArtSimilarity.Imaging;
using ArtSimilarity.SyntheticImages;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

public sealed class ImageLimitTests
{
    [Theory]
    [InlineData(50_000, 50_000, false)]
    [InlineData(200_000, 10, false)]
    [InlineData(12_000, 12_000, true)]
    public void A_header_that_claims_too_much_is_refused_before_any_pixel_is_decoded(int width, int height, bool interlaced)
    {
        // The file holds no pixels at all: decoding any would end in another error than the limit's.
        byte[] bomb = SyntheticPng.Encode(width, height, 8, 2, [], interlaced);
        long before = GC.GetAllocatedBytesForCurrentThread();

        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => new NetVipsImageDecoder().Open(ImageSource.FromBytes(bomb, "bomb.png")));

        Assert.Equal(ImageDecodeError.LimitExceeded, e.Error);
        Assert.Contains($"{width}×{height}", e.Reason, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_large_image_that_can_be_streamed_is_within_the_default_limits()
    {
        byte[] noPixels = SyntheticPng.Encode(12_000, 12_000, 8, 2, []);

        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => new NetVipsImageDecoder().Open(ImageSource.FromBytes(noPixels), new ImageSize(64, 64)));

        Assert.Equal(ImageDecodeError.Corrupt, e.Error);
    }

    [Fact]
    public void Each_limit_of_the_options_is_kept_to_the_pixel()
    {
        byte[] png = SyntheticPng.Gradient(30, 20);

        AssertLimit(png, new NetVipsOptions { MaxBytes = png.Length - 1 }, new NetVipsOptions { MaxBytes = png.Length });
        AssertLimit(png, new NetVipsOptions { MaxPixels = 599 }, new NetVipsOptions { MaxPixels = 600 });
        AssertLimit(png, new NetVipsOptions { MaxSide = 29 }, new NetVipsOptions { MaxSide = 30 });
        AssertLimit(png, new NetVipsOptions { MaxBands = 2 }, new NetVipsOptions { MaxBands = 3 });
        AssertLimit(png, new NetVipsOptions { MaxDecodedBytes = 1799 }, new NetVipsOptions { MaxDecodedBytes = 1800 });
    }

    [Fact]
    public void Each_channel_and_each_byte_of_a_channel_counts()
    {
        byte[] deep = SyntheticTiff.File(new SyntheticTiff(30, 20, 2, 3, 16, new byte[3600]));
        AssertLimit(deep, new NetVipsOptions { MaxDecodedBytes = 3599 }, new NetVipsOptions { MaxDecodedBytes = 3600 });
        byte[] wide = SyntheticTiff.File(new SyntheticTiff(30, 20, 2, 8, 8, new byte[4800]).Set(338, 0, 0, 0, 0, 0));
        AssertLimit(wide, new NetVipsOptions { MaxBands = 7 }, new NetVipsOptions { MaxBands = 8 });
        AssertLimit(wide, new NetVipsOptions { MaxDecodedBytes = 4799 }, new NetVipsOptions { MaxDecodedBytes = 4800 });
    }

    [Theory]
    [InlineData(256, 257, 9, 1)] // channels
    [InlineData(20_000, 15_000, 8, 16)] // depth
    [InlineData(200_000, 4, 3, 8)] // a side
    [InlineData(30_000, 30_000, 1, 1)] // pixels
    public void A_tiff_that_claims_too_much_is_refused_before_libvips_opens_it(int width, int height, int samples, int bits)
    {
        byte[] bomb = SyntheticTiff.File(new SyntheticTiff(width, height, 1, samples, bits, [0]));
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => new NetVipsImageDecoder().Open(ImageSource.FromBytes(bomb)));
        Assert.Equal(ImageDecodeError.LimitExceeded, e.Error);
    }

    [Fact]
    public void A_tile_that_would_fill_the_memory_is_refused()
    {
        byte[] bomb = SyntheticTiff.File(SyntheticTiff.Solid(100, 100, 1, 0).Set(322, 65536).Set(323, 65536).Set(324, 8).Set(325, 100));
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => new NetVipsImageDecoder().Open(ImageSource.FromBytes(bomb)));
        Assert.Equal(ImageDecodeError.LimitExceeded, e.Error);
        Assert.Contains("tiles of 65536×65536", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tiff_of_very_many_tiles_is_refused()
    {
        byte[] bomb = SyntheticTiff.File(SyntheticTiff.Solid(100, 100, 1, 0).Set(256, 20000).Set(257, 14000).Set(322, 16).Set(323, 16).Set(324, 8).Set(325, 100));
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => new NetVipsImageDecoder().Open(ImageSource.FromBytes(bomb)));
        Assert.Equal(ImageDecodeError.LimitExceeded, e.Error);
        Assert.Contains("1093750 tiles", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_progressive_jpeg_of_very_many_scans_counts_as_often_as_it_is_decoded()
    {
        using global::NetVips.Image image = TestImages.Solid(30, 20, 10, 20, 30);
        byte[] jpeg = image.JpegsaveBuffer(interlace: true);
        int scan = jpeg.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        byte[] last = jpeg[scan..^2];
        byte[] bomb = [.. jpeg[..scan], .. Enumerable.Repeat(last, 90).SelectMany(s => s), 0xFF, 0xD9];

        ImageDecodeException e = Assert.Throws<ImageDecodeException>(
            () => new NetVipsImageDecoder(new NetVipsOptions { MaxDecodedBytes = 7 * 1800 }).Open(ImageSource.FromBytes(bomb)));
        Assert.Equal(ImageDecodeError.LimitExceeded, e.Error);
        Assert.Contains("scans", e.Reason, StringComparison.Ordinal);
        AssertLimit(jpeg, new NetVipsOptions { MaxDecodedBytes = 1799 }, new NetVipsOptions { MaxDecodedBytes = 1800 });
    }

    [Fact]
    public void The_limit_for_images_held_in_memory_applies_to_them_alone()
    {
        byte[] gif = TestImages.Gif(30, 20);
        AssertLimit(gif, new NetVipsOptions { MaxPixelsInMemory = 599 }, new NetVipsOptions { MaxPixelsInMemory = 600 });
        using RgbImage streamed = new NetVipsImageDecoder(new NetVipsOptions { MaxPixelsInMemory = 1 }).Open(ImageSource.FromBytes(SyntheticPng.Gradient(30, 20)));
        Assert.Equal(30, streamed.Width);
    }

    [Fact]
    public void A_format_that_is_not_enabled_is_refused_by_name()
    {
        var decoder = new NetVipsImageDecoder(new NetVipsOptions { Formats = ImageFormats.Jpeg | ImageFormats.WebP });

        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => decoder.Open(ImageSource.FromBytes(SyntheticPng.Gradient(3, 3), "x.jpg")));

        Assert.Equal(ImageDecodeError.UnsupportedFormat, e.Error);
        Assert.Equal("format not supported: PNG (supported: Jpeg, WebP)", e.Reason);
    }

    [Fact]
    public void Options_changed_after_the_decoder_was_made_have_no_effect()
    {
        var options = new NetVipsOptions();
        var decoder = new NetVipsImageDecoder(options);
        options.MaxPixels = 1;

        using RgbImage image = decoder.Open(ImageSource.FromBytes(SyntheticPng.Gradient(3, 3)));
        Assert.Equal(3, image.Width);
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetVipsImageDecoder(new NetVipsOptions { MaxBytes = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetVipsImageDecoder(new NetVipsOptions { MaxPixels = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetVipsImageDecoder(new NetVipsOptions { MaxPixelsInMemory = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetVipsImageDecoder(new NetVipsOptions { MaxSide = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetVipsImageDecoder(new NetVipsOptions { MaxBands = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetVipsImageDecoder(new NetVipsOptions { MaxDecodedBytes = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetVipsImageDecoder(new NetVipsOptions { DamagedImages = (DamagedImages)2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetVipsImageDecoder(new NetVipsOptions { Formats = ImageFormats.None }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetVipsImageDecoder(new NetVipsOptions { Formats = (ImageFormats)1024 }));
    }

    private static void AssertLimit(byte[] image, NetVipsOptions tooTight, NetVipsOptions enough)
    {
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => new NetVipsImageDecoder(tooTight).Open(ImageSource.FromBytes(image)));
        Assert.Equal(ImageDecodeError.LimitExceeded, e.Error);
        using RgbImage decoded = new NetVipsImageDecoder(enough).Open(ImageSource.FromBytes(image));
        Assert.Equal(30, decoded.Width);
    }
}
