using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Testing;

/// <summary>What an <see cref="IFeatureExtractor"/> promises that has no signature for some images.</summary>
public abstract class UnusableImageConformance : FeatureExtractorConformance
{
    /// <summary>Creates an image that the extractor under test has no signature for.</summary>
    protected abstract RgbImage CreateUnusable();

    [Fact]
    public async Task Images_without_a_signature_are_named_and_the_others_have_theirs()
    {
        using RgbImage unusable = CreateUnusable();
        using RgbImage usable = Picture(8, new ImageSize(60, 60));
        float[] expected = await ExtractAsync(usable);
        int dimensions = expected.Length;
        foreach (RgbImage[] batch in new RgbImage[][] { [unusable], [unusable, usable], [usable, unusable, usable, unusable, unusable, usable, usable] })
        {
            float[] signatures = new float[batch.Length * dimensions];
            var e = await Assert.ThrowsAsync<FeatureExtractionException>(
                async () => await Extractor.ExtractAsync(batch, signatures, TestContext.Current.CancellationToken));
            Assert.Equal(Enumerable.Range(0, batch.Length).Where(i => ReferenceEquals(batch[i], unusable)), e.ImageIndexes);
            for (int i = 0; i < batch.Length; i++)
            {
                if (ReferenceEquals(batch[i], usable))
                {
                    AssertNear(expected, signatures.AsSpan(i * dimensions, dimensions));
                }
            }
        }

        Assert.Equal(expected, await ExtractAsync(usable));
    }
}
