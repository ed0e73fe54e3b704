using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Testing;

/// <summary>What every <see cref="ISharedPassExtractor"/> promises, besides what a <see cref="FeatureExtractorConformance"/> holds.</summary>
public abstract class SharedPassConformance : IDisposable
{
    private ISharedPassExtractor? _first;
    private IFeatureExtractor? _second;

    /// <summary>How far numbers may differ from those that an extractor gives alone.</summary>
    protected virtual float Tolerance => 1e-6f;

    /// <summary>The extractor whose pass is shared.</summary>
    protected ISharedPassExtractor First => _first ??= CreateFirst();

    /// <summary>One that shares its pass.</summary>
    protected IFeatureExtractor Second => _second ??= CreateSecond();

    /// <summary>Creates the extractor whose pass is shared; disposed at the end where it can be.</summary>
    protected abstract ISharedPassExtractor CreateFirst();

    /// <summary>Creates one of another space that shares the pass of the first; disposed at the end where it can be.</summary>
    protected abstract IFeatureExtractor CreateSecond();

    [Fact]
    public void It_says_with_whom_it_shares_its_pass()
    {
        Assert.NotEqual(First.Space, Second.Space);
        Assert.True(First.SharesPassWith(First));
        Assert.True(First.SharesPassWith(Second));
        Assert.False(First.SharesPassWith(new ClassicalFeatureExtractor()));
    }

    [Fact]
    public async Task Together_they_give_what_each_gives_alone()
    {
        RgbImage[] images = [.. Enumerable.Range(0, 7).Select(seed => Picture(seed, 60 + (9 * seed), 90))];
        try
        {
            foreach (IFeatureExtractor[] extractors in new IFeatureExtractor[][] { [First, Second], [Second, First], [Second], [First, First] })
            {
                Memory<float>[] together = Places(images.Length, extractors);
                await First.ExtractTogetherAsync(images, extractors, together, TestContext.Current.CancellationToken);
                foreach ((IFeatureExtractor extractor, Memory<float> signatures) in extractors.Zip(together))
                {
                    float[] alone = new float[signatures.Length];
                    await extractor.ExtractAsync(images, alone, TestContext.Current.CancellationToken);
                    Assert.All(alone.Zip(signatures.ToArray()), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
                }
            }
        }
        finally
        {
            Array.ForEach(images, image => image.Dispose());
        }
    }

    [Fact]
    public async Task What_does_not_fit_is_refused()
    {
        using RgbImage image = Picture(1, 50, 40);
        RgbImage[] images = [image];
        IFeatureExtractor[] both = [First, Second];
        Memory<float>[] places = Places(1, both);
        await RefusesAsync([], []);
        await RefusesAsync(both, [places[0]]);
        await RefusesAsync(both, [places[0], new float[places[1].Length + 1]]);
        await RefusesAsync(both, [new float[places[0].Length - 1], places[1]]);
        var stranger = new ClassicalFeatureExtractor();
        await RefusesAsync([First, stranger], Places(1, [First, stranger]));

        async Task RefusesAsync(IFeatureExtractor[] extractors, Memory<float>[] signatures) => await Assert.ThrowsAsync<ArgumentException>(
            async () => await First.ExtractTogetherAsync(images, extractors, signatures, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cancelled_token_ends_the_work()
    {
        using RgbImage image = Picture(1, 50, 40);
        RgbImage[] images = [image];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await First.ExtractTogetherAsync(images, [First, Second], Places(1, [First, Second]), new CancellationToken(canceled: true)));
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            (_first as IDisposable)?.Dispose();
            (_second as IDisposable)?.Dispose();
        }
    }

    private static Memory<float>[] Places(int images, IFeatureExtractor[] extractors) => Array.ConvertAll(extractors, extractor => new float[images * extractor.Space.Dimensions].AsMemory());

    private static RgbImage Picture(int seed, int width, int height)
    {
        var image = new RgbImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        image.Pixels[..(image.Pixels.Length / 2)].Fill((byte)(30 * seed));
        return image;
    }
}
