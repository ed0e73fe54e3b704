using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Testing;

/// <summary>What every <see cref="IFeatureExtractor"/> promises.</summary>
public abstract class FeatureExtractorConformance : IDisposable
{
    private IFeatureExtractor? _extractor;

    /// <summary>How far numbers of one signature may differ between batches of different sizes.</summary>
    protected virtual float Tolerance => 1e-5f;

    /// <summary>Whether the extractor computes, and is thus done when the call returns; not one that asks another process or machine.</summary>
    protected virtual bool Computes => true;

    /// <summary>The extractor under test.</summary>
    protected IFeatureExtractor Extractor => _extractor ??= Create();

    /// <summary>Creates the extractor under test; disposed at the end where it can be.</summary>
    protected abstract IFeatureExtractor Create();

    [Fact]
    public async Task Signatures_are_finite_and_not_all_zero()
    {
        using RgbImage image = Picture(1, Extractor.InputSize);
        float[] signature = await ExtractAsync(image);
        Assert.All(signature, value => Assert.True(float.IsFinite(value)));
        Assert.Contains(signature, value => value != 0);
    }

    [Fact]
    public async Task The_same_image_gives_the_same_signature_every_time()
    {
        using RgbImage image = Picture(1, new ImageSize(200, 150));
        using RgbImage copy = RgbImage.FromPixels(image.Pixels, image.Width, image.Height);
        Assert.Equal(await ExtractAsync(image), await ExtractAsync(image));
        Assert.Equal(await ExtractAsync(image), await ExtractAsync(copy));
    }

    [Fact]
    public async Task Different_pictures_give_different_signatures()
    {
        using RgbImage one = Picture(1, new ImageSize(200, 150));
        using RgbImage other = Picture(2, new ImageSize(200, 150));
        Assert.NotEqual(await ExtractAsync(one), await ExtractAsync(other));
    }

    [Fact]
    public async Task A_batch_gives_what_its_images_give_one_by_one_in_their_order()
    {
        RgbImage[] images = [.. Enumerable.Range(0, 16).Select(i => Picture(i, new ImageSize(100 + (17 * i), 300 - (13 * i))))];
        try
        {
            float[] batch = await ExtractAsync(images);
            int dimensions = Extractor.Space.Dimensions;
            for (int i = 0; i < images.Length; i++)
            {
                float[] alone = await ExtractAsync(images[i]);
                AssertNear(alone, batch.AsSpan(i * dimensions, dimensions));
            }
        }
        finally
        {
            Array.ForEach(images, image => image.Dispose());
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 400)]
    [InlineData(400, 1)]
    [InlineData(2, 3)]
    [InlineData(37, 23)]
    [InlineData(641, 479)]
    public async Task Images_of_any_size_are_taken(int width, int height)
    {
        using RgbImage image = Picture(3, new ImageSize(width, height));
        Assert.All(await ExtractAsync(image), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public async Task Plain_images_are_taken()
    {
        foreach (byte value in new byte[] { 0, 128, 255 })
        {
            using var image = new RgbImage(50, 50);
            image.Pixels.Fill(value);
            Assert.All(await ExtractAsync(image), number => Assert.True(float.IsFinite(number)));
        }
    }

    [Fact]
    public async Task The_images_are_not_changed()
    {
        using RgbImage image = Picture(4, new ImageSize(90, 120));
        byte[] before = image.Pixels.ToArray();
        await ExtractAsync(image);
        Assert.Equal(before, image.Pixels.ToArray());
    }

    [Fact]
    public async Task Signatures_are_extracted_on_the_thread_that_asks()
    {
        using RgbImage image = Picture(1, new ImageSize(200, 150));
        Task<float[]> extracting = ExtractAsync(image);
        Assert.True(!Computes || extracting.IsCompleted, "an extractor that computes is done when the call returns");
        await extracting;
    }

    [Fact]
    public async Task An_empty_batch_is_nothing_to_do() => Assert.Empty(await ExtractAsync());

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_destination_of_another_length_is_refused(int difference)
    {
        using RgbImage image = Picture(5, new ImageSize(40, 40));
        await Assert.ThrowsAsync<ArgumentException>(
            () => RunAsync(Extractor, [image], new float[Extractor.Space.Dimensions + difference], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cancelled_token_ends_the_work()
    {
        using RgbImage image = Picture(6, new ImageSize(40, 40));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => RunAsync(Extractor, [image], new float[Extractor.Space.Dimensions], new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_token_cancelled_meanwhile_ends_the_work()
    {
        RgbImage[] images = [.. Enumerable.Range(0, 4).Select(i => Picture(i, new ImageSize(200, 150)))];
        float[] signatures = new float[images.Length * Extractor.Space.Dimensions];
        try
        {
            using var source = new CancellationTokenSource();
            source.CancelAfter(20);
            var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                while (true)
                {
                    await RunAsync(Extractor, images, signatures, source.Token);
                }
            });
            Assert.Equal(source.Token, e.CancellationToken);
        }
        finally
        {
            Array.ForEach(images, image => image.Dispose());
        }
    }

    [Fact]
    public async Task Several_threads_at_once_get_what_one_thread_gets()
    {
        RgbImage[] images = [.. Enumerable.Range(0, 8).Select(i => Picture(10 + i, new ImageSize(120 + i, 110)))];
        try
        {
            var alone = new float[images.Length][];
            for (int i = 0; i < images.Length; i++)
            {
                alone[i] = await ExtractAsync(images[i]);
            }

            await Parallel.ForAsync(0, 24, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
            {
                float[] signature = await ExtractAsync(images[i % 8]);
                AssertNear(alone[i % 8], signature);
            });
        }
        finally
        {
            Array.ForEach(images, image => image.Dispose());
        }
    }

    [Fact]
    public async Task Two_extractors_made_alike_share_their_space_and_their_signatures()
    {
        IFeatureExtractor other = Create();
        try
        {
            using RgbImage image = Picture(7, new ImageSize(80, 60));
            float[] signature = new float[other.Space.Dimensions];
            await RunAsync(other, [image], signature, TestContext.Current.CancellationToken);
            Assert.Equal(Extractor.Space, other.Space);
            Assert.Equal(await ExtractAsync(image), signature);
        }
        finally
        {
            (other as IDisposable)?.Dispose();
        }
    }

    [Fact]
    public void The_input_size_is_a_size() => Assert.True(Extractor.InputSize is { Width: >= 1, Height: >= 1 });

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            (_extractor as IDisposable)?.Dispose();
        }
    }

    /// <summary>A picture of coloured waves, different for every seed.</summary>
    protected static RgbImage Picture(int seed, ImageSize size)
    {
        var image = new RgbImage(size.Width, size.Height);
        Span<byte> pixels = image.Pixels;
        double fx = 0.02 + (0.013 * (seed % 7)), fy = 0.03 + (0.011 * (seed % 5)), phase = seed * 1.7;
        for (int y = 0; y < size.Height; y++)
        {
            for (int x = 0; x < size.Width; x++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    double wave = Math.Sin((fx * x) + phase + channel) + Math.Cos((fy * y) - (phase * channel));
                    pixels[(3 * ((y * size.Width) + x)) + channel] = (byte)(127.5 + (60 * wave));
                }
            }
        }

        return image;
    }

    /// <summary>Extracts a batch.</summary>
    protected async Task<float[]> ExtractAsync(params RgbImage[] images)
    {
        float[] signatures = new float[images.Length * Extractor.Space.Dimensions];
        await Extractor.ExtractAsync(images, signatures, TestContext.Current.CancellationToken);
        return signatures;
    }

    // A method of its own: exceptions may come from the call itself.
    private static async Task RunAsync(IFeatureExtractor extractor, RgbImage[] images, float[] signatures, CancellationToken cancellationToken) =>
        await extractor.ExtractAsync(images, signatures, cancellationToken);

    /// <summary>Fails unless two signatures agree within <see cref="Tolerance"/>.</summary>
    protected void AssertNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], Tolerance);
        }
    }
}
