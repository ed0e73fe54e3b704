using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Testing;

/// <summary>What every <see cref="IImageDecoder"/> must do, tested with PNG. A decoder that shall be tested with another lossless format overrides <see cref="Encode"/> and <see cref="EncodeHeader"/>.</summary>
public abstract class ImageDecoderConformance
{
    /// <summary>Creates the decoder under test, with its default options.</summary>
    /// <returns>The decoder.</returns>
    protected abstract IImageDecoder CreateDecoder();

    /// <summary>Encodes the picture of <see cref="SyntheticPng.Gradient"/>, whose pixels <see cref="SyntheticPng.PixelAt"/> gives. The default is a PNG.</summary>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <returns>The encoded picture, so that its first half is a damaged one.</returns>
    protected virtual byte[] Encode(int width, int height) => SyntheticPng.Gradient(width, height);

    /// <summary>A header that claims a size, with no pixel behind it. The default is that of a PNG.</summary>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <returns>The header.</returns>
    protected virtual byte[] EncodeHeader(int width, int height) => SyntheticPng.Encode(width, height, 8, 2, []);

    /// <summary>Whether the decoder computes, and is thus done when the call returns; not one that asks another process or machine.</summary>
    protected virtual bool Computes => true;

    [Fact]
    public async Task Without_a_minimum_size_every_pixel_comes_back_unchanged()
    {
        using RgbImage image = await DecodeAsync(CreateDecoder(), ImageSource.FromBytes(Encode(61, 37)));

        Assert.Equal(new ImageSize(61, 37), image.Size);
        for (int y = 0; y < 37; y++)
        {
            for (int x = 0; x < 61; x++)
            {
                ReadOnlySpan<byte> pixel = image.Pixels.Slice(3 * ((y * 61) + x), 3);
                Assert.Equal(SyntheticPng.PixelAt(x, y, 61, 37), (pixel[0], pixel[1], pixel[2]));
            }
        }
    }

    [Theory]
    [InlineData(400, 300, 224, 224, 299, 224)]
    [InlineData(300, 400, 224, 224, 224, 299)]
    [InlineData(1000, 100, 50, 50, 500, 50)]
    [InlineData(400, 300, 200, 10, 200, 150)]
    [InlineData(512, 512, 511, 511, 511, 511)]
    [InlineData(1024, 768, 1, 1, 2, 1)]
    [InlineData(224, 224, 224, 224, 224, 224)]
    [InlineData(100, 80, 224, 224, 100, 80)]
    [InlineData(500, 80, 224, 224, 500, 80)]
    [InlineData(1, 1, 224, 224, 1, 1)]
    [InlineData(3000, 1, 10, 10, 3000, 1)]
    public async Task An_image_just_covers_the_minimum_size_and_is_never_enlarged(int width, int height, int minimumWidth, int minimumHeight, int expectedWidth, int expectedHeight)
    {
        using RgbImage image = await DecodeAsync(
            CreateDecoder(), ImageSource.FromBytes(Encode(width, height)), new ImageSize(minimumWidth, minimumHeight));

        Assert.Equal(new ImageSize(expectedWidth, expectedHeight), image.Size);
    }

    [Fact]
    public async Task A_shrunk_image_still_shows_the_same_picture()
    {
        using RgbImage image = await DecodeAsync(CreateDecoder(), ImageSource.FromBytes(Encode(800, 600)), new ImageSize(100, 75));

        Assert.Equal(new ImageSize(100, 75), image.Size);
        for (int y = 5; y < 70; y += 5)
        {
            for (int x = 5; x < 95; x += 5)
            {
                ReadOnlySpan<byte> pixel = image.Pixels.Slice(3 * ((y * 100) + x), 2);
                Assert.InRange(pixel[0], (255 * (x + 0.5) / 100) - 4, (255 * (x + 0.5) / 100) + 4);
                Assert.InRange(pixel[1], (255 * (y + 0.5) / 75) - 4, (255 * (y + 0.5) / 75) + 4);
            }
        }
    }

    [Theory]
    [InlineData(0, 0, 1, 1)]
    [InlineData(0, 0, 0.5, 0.5)]
    [InlineData(0.5, 0.5, 0.5, 0.5)]
    [InlineData(0.123, 0.456, 0.333, 0.1)]
    [InlineData(0.999, 0.999, 0.001, 0.001)]
    public async Task A_region_equals_the_crop_of_the_full_image(double x, double y, double width, double height)
    {
        ImageSource source = ImageSource.FromBytes(Encode(317, 211));
        var region = new ImageRegion(x, y, width, height);
        IImageDecoder decoder = CreateDecoder();

        using RgbImage full = await DecodeAsync(decoder, source);
        using RgbImage expected = full.Crop(region);
        using RgbImage actual = await DecodeAsync(decoder, source, region: region);

        Assert.Equal(expected.Size, actual.Size);
        Assert.True(expected.Pixels.SequenceEqual(actual.Pixels));
    }

    [Theory]
    [InlineData(0.25, 0.25, 0.5, 0.5)]
    [InlineData(0.1, 0.7, 0.31, 0.29)]
    [InlineData(0.013, 0.017, 0.117, 0.119)]
    public async Task A_region_itself_covers_the_minimum_size(double x, double y, double width, double height)
    {
        var minimum = new ImageSize(64, 48);
        using RgbImage image = await DecodeAsync(
            CreateDecoder(), ImageSource.FromBytes(Encode(1600, 1200)), minimum, new ImageRegion(x, y, width, height));

        Assert.True(image.Width >= minimum.Width && image.Height >= minimum.Height, $"{image.Size} is smaller than {minimum}");
        Assert.True(image.Width <= minimum.Width * 1.2 || image.Height <= minimum.Height * 1.2, $"{image.Size} is much larger than {minimum}");
    }

    [Fact]
    public async Task A_region_smaller_than_the_minimum_comes_at_full_size()
    {
        using RgbImage image = await DecodeAsync(
            CreateDecoder(), ImageSource.FromBytes(Encode(200, 100)), new ImageSize(224, 224), new ImageRegion(0.5, 0.5, 0.25, 0.5));

        Assert.Equal(new ImageSize(50, 50), image.Size);
    }

    [Fact]
    public async Task A_file_decodes_by_its_content_whatever_its_extension()
    {
        string path = Path.Combine(Path.GetTempPath(), $"artsimilarity-{Guid.NewGuid():N}.jpg");
        File.WriteAllBytes(path, Encode(20, 10));
        try
        {
            using RgbImage image = await DecodeAsync(CreateDecoder(), ImageSource.FromFile(path));
            Assert.Equal(new ImageSize(20, 10), image.Size);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_missing_file_is_reported_as_unreadable_with_its_name()
    {
        string path = Path.Combine(Path.GetTempPath(), $"artsimilarity-{Guid.NewGuid():N}.png");

        ImageDecodeException e = await Assert.ThrowsAsync<ImageDecodeException>(() => DecodeAsync(CreateDecoder(), ImageSource.FromFile(path)));

        Assert.Equal(ImageDecodeError.Unreadable, e.Error);
        Assert.Equal(path, e.ImageName);
        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_bytes_are_reported_as_unreadable()
    {
        ImageDecodeException e = await Assert.ThrowsAsync<ImageDecodeException>(() => DecodeAsync(CreateDecoder(), ImageSource.FromBytes(ReadOnlyMemory<byte>.Empty, "nothing.jpg")));

        Assert.Equal(ImageDecodeError.Unreadable, e.Error);
        Assert.Equal("nothing.jpg", e.ImageName);
    }

    [Fact]
    public async Task Text_is_reported_as_an_unsupported_format()
    {
        ImageDecodeException e = await Assert.ThrowsAsync<ImageDecodeException>(() =>
            DecodeAsync(CreateDecoder(), ImageSource.FromBytes("<html><body>404 Not Found</body></html>"u8.ToArray(), "page.jpg")));

        Assert.Equal(ImageDecodeError.UnsupportedFormat, e.Error);
        Assert.Equal("page.jpg", e.ImageName);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(50)]
    public async Task A_truncated_image_is_refused_with_one_line_of_reason(int? minimum)
    {
        byte[] bytes = Encode(400, 300);
        ImageSource half = ImageSource.FromBytes(bytes.AsMemory(0, bytes.Length / 2), "half.png");

        ImageDecodeException e = await Assert.ThrowsAsync<ImageDecodeException>(() =>
            DecodeAsync(CreateDecoder(), half, minimum is { } side ? new ImageSize(side, side) : null));

        Assert.Equal(ImageDecodeError.Corrupt, e.Error);
        Assert.Equal("half.png", e.ImageName);
        Assert.NotEmpty(e.Reason);
        Assert.DoesNotContain('\n', e.Reason);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, -1)]
    public Task A_minimum_size_below_one_pixel_is_refused(int width, int height) =>
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => DecodeAsync(CreateDecoder(), ImageSource.FromBytes(Encode(4, 4)), new ImageSize(width, height)));

    [Fact]
    public async Task A_cancelled_decoding_does_not_start()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DecodeAsync(CreateDecoder(), ImageSource.FromBytes(Encode(4, 4)), cancellationToken: cancelled.Token));
    }

    [Fact]
    public async Task An_image_behind_a_stream_is_read_each_time_and_its_stream_disposed_of()
    {
        IImageDecoder decoder = CreateDecoder();
        byte[] bytes = Encode(40, 30);
        var streams = new System.Collections.Concurrent.ConcurrentBag<MemoryStream>();
        var source = ImageSource.FromStream(
            async _ =>
            {
                await Task.Yield();
                var stream = new MemoryStream(bytes);
                streams.Add(stream);
                return stream;
            },
            "stream.png");
        using RgbImage expected = await DecodeAsync(decoder, ImageSource.FromBytes(bytes));
        for (int i = 1; i <= 2; i++)
        {
            using RgbImage image = await DecodeAsync(decoder, source);
            Assert.True(image.Pixels.SequenceEqual(expected.Pixels));
            Assert.Equal(i, streams.Count);
        }

        Assert.All(streams, stream => Assert.False(stream.CanRead));
    }

    [Fact]
    public async Task A_stream_that_fails_midway_is_reported_as_unreadable_with_its_name()
    {
        var source = ImageSource.FromStream(_ => new(new FailingStream(Encode(40, 30), 100)), "broken.png");
        ImageDecodeException e = await Assert.ThrowsAsync<ImageDecodeException>(() => DecodeAsync(CreateDecoder(), source));
        Assert.Equal((ImageDecodeError.Unreadable, "broken.png"), (e.Error, e.ImageName));
        Assert.Contains("the line is cut", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_claims_too_much_is_refused_before_any_pixel_is_decoded()
    {
        // Two and a half thousand million pixels, and not one in the file.
        ImageSource bomb = ImageSource.FromBytes(EncodeHeader(50_000, 50_000), "bomb.png");
        ImageDecodeException e = await Assert.ThrowsAsync<ImageDecodeException>(() => DecodeAsync(CreateDecoder(), bomb, new ImageSize(100, 100)));
        Assert.Equal((ImageDecodeError.LimitExceeded, "bomb.png"), (e.Error, e.ImageName));
    }

    [Fact]
    public async Task What_is_in_memory_is_decoded_on_the_thread_that_asks()
    {
        Task<RgbImage> decoding = DecodeAsync(CreateDecoder(), ImageSource.FromBytes(Encode(40, 30)));
        Assert.True(!Computes || decoding.IsCompleted, "a decoder that computes is done when the call returns");
        (await decoding).Dispose();
    }

    [Fact]
    public async Task Several_threads_decode_good_and_bad_images_side_by_side()
    {
        IImageDecoder decoder = CreateDecoder();
        byte[] good = Encode(300, 200);
        byte[] bad = good[..(good.Length / 2)];
        using RgbImage expected = await DecodeAsync(decoder, ImageSource.FromBytes(good), new ImageSize(100, 60));
        byte[] pixels = expected.Pixels.ToArray();
        int refused = 0;

        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            if (i % 5 == 0)
            {
                ImageDecodeException e = await Assert.ThrowsAsync<ImageDecodeException>(() => DecodeAsync(decoder, ImageSource.FromBytes(bad, $"bad {i}"), new ImageSize(100, 60)));
                Assert.Equal($"bad {i}", e.ImageName);
                Interlocked.Increment(ref refused);
                return;
            }

            using RgbImage image = await DecodeAsync(decoder, ImageSource.FromBytes(good), new ImageSize(100, 60));
            Assert.True(image.Pixels.SequenceEqual(pixels));
        });

        Assert.Equal(40, refused);
    }

    private static Task<RgbImage> DecodeAsync(
        IImageDecoder decoder, ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken? cancellationToken = null) =>
        decoder.DecodeAsync(source, minimumSize, region, cancellationToken ?? TestContext.Current.CancellationToken).AsTask();
}
