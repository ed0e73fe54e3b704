using ArtSimilarity.Conformance;
using Xunit;

namespace ArtSimilarity.Imaging.Tests;

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

        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => new VipsImageDecoder().Open(ImageSource.FromBytes(bomb, "bomb.png")));

        Assert.Equal(ImageDecodeError.LimitExceeded, e.Error);
        Assert.Contains($"{width}×{height}", e.Reason, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_large_image_that_can_be_streamed_is_within_the_default_limits()
    {
        byte[] noPixels = SyntheticPng.Encode(12_000, 12_000, 8, 2, []);

        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => new VipsImageDecoder().Open(ImageSource.FromBytes(noPixels), new ImageSize(64, 64)));

        Assert.Equal(ImageDecodeError.Corrupt, e.Error);
    }

    [Fact]
    public void Each_limit_of_the_options_is_kept_to_the_pixel()
    {
        byte[] png = SyntheticPng.Gradient(30, 20);

        AssertLimit(png, new ImagingOptions { MaxBytes = png.Length - 1 }, new ImagingOptions { MaxBytes = png.Length });
        AssertLimit(png, new ImagingOptions { MaxPixels = 599 }, new ImagingOptions { MaxPixels = 600 });
        AssertLimit(png, new ImagingOptions { MaxSide = 29 }, new ImagingOptions { MaxSide = 30 });
    }

    [Fact]
    public void The_limit_for_images_held_in_memory_applies_to_them_alone()
    {
        byte[] gif = TestImages.Gif(30, 20);
        AssertLimit(gif, new ImagingOptions { MaxPixelsInMemory = 599 }, new ImagingOptions { MaxPixelsInMemory = 600 });
        using RgbImage streamed = new VipsImageDecoder(new ImagingOptions { MaxPixelsInMemory = 1 }).Open(ImageSource.FromBytes(SyntheticPng.Gradient(30, 20)));
        Assert.Equal(30, streamed.Width);
    }

    [Fact]
    public void A_format_that_is_not_enabled_is_refused_by_name()
    {
        var decoder = new VipsImageDecoder(new ImagingOptions { Formats = ImageFormats.Jpeg | ImageFormats.WebP });

        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => decoder.Open(ImageSource.FromBytes(SyntheticPng.Gradient(3, 3), "x.jpg")));

        Assert.Equal(ImageDecodeError.UnsupportedFormat, e.Error);
        Assert.Equal("format not supported: PNG (supported: Jpeg, WebP)", e.Reason);
    }

    [Fact]
    public void Options_changed_after_the_decoder_was_made_have_no_effect()
    {
        var options = new ImagingOptions();
        var decoder = new VipsImageDecoder(options);
        options.MaxPixels = 1;

        using RgbImage image = decoder.Open(ImageSource.FromBytes(SyntheticPng.Gradient(3, 3)));
        Assert.Equal(3, image.Width);
    }

    [Fact]
    public void Impossible_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new VipsImageDecoder(new ImagingOptions { MaxBytes = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VipsImageDecoder(new ImagingOptions { MaxPixels = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VipsImageDecoder(new ImagingOptions { MaxPixelsInMemory = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VipsImageDecoder(new ImagingOptions { MaxSide = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VipsImageDecoder(new ImagingOptions { Formats = ImageFormats.None }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VipsImageDecoder(new ImagingOptions { Formats = (ImageFormats)1024 }));
    }

    private static void AssertLimit(byte[] image, ImagingOptions tooTight, ImagingOptions enough)
    {
        ImageDecodeException e = Assert.Throws<ImageDecodeException>(() => new VipsImageDecoder(tooTight).Open(ImageSource.FromBytes(image)));
        Assert.Equal(ImageDecodeError.LimitExceeded, e.Error);
        using RgbImage decoded = new VipsImageDecoder(enough).Open(ImageSource.FromBytes(image));
        Assert.Equal(30, decoded.Width);
    }
}
