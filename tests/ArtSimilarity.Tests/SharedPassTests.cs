using System.Collections.Concurrent;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>A gallery looks once at each picture for all extractors that share a pass.</summary>
public class SharedPassTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Adding_looks_at_each_picture_once(bool withRegions)
    {
        MeanExtractor sum = new("means", 1), mean = new("means", 3), other = new("other", 3);
        await using var store = new InMemoryGalleryStore();
        await using var gallery = new Gallery(store, new PatternDecoder(), [sum, other, mean]);
        var options = new AddOptions { Regions = withRegions ? RegionLayout.Default : null };
        AddReport report = await gallery.AddAsync(Works(20), options, null, Cancellation);
        Assert.Equal((20, 0), (report.Added, report.Failures.Count));
        Assert.Equal(["means:1+3"], sum.Passes.Distinct());
        Assert.Empty(mean.Passes);
        Assert.Equal(["other:3"], other.Passes.Distinct());

        // The same as by extractors that know nothing of one another.
        await using var apartStore = new InMemoryGalleryStore();
        await using var apart = new Gallery(apartStore, new PatternDecoder(), [new MeanExtractor("a", 1), new MeanExtractor("b", 3)]);
        await apart.AddAsync(Works(20), options, null, Cancellation);
        foreach (int length in new[] { 1, 3 })
        {
            FeatureSpace shared = new("means" + length, "as is", length), alone = new((length == 1 ? "a" : "b") + length, "as is", length);
            Assert.Equal(await SignaturesAsync(apartStore, alone), await SignaturesAsync(store, shared));
            if (withRegions)
            {
                Assert.Equal(await SignaturesAsync(apartStore, RegionLayout.Default.SpaceOf(alone)), await SignaturesAsync(store, RegionLayout.Default.SpaceOf(shared)));
            }
        }
    }

    [Fact]
    public async Task Works_that_lack_one_signature_get_that_alone()
    {
        MeanExtractor sum = new("means", 1), mean = new("means", 3);
        await using var store = new InMemoryGalleryStore();
        await using (var first = new Gallery(store, new PatternDecoder(), [sum]))
        {
            await first.AddAsync(Works(7), null, Cancellation);
        }

        sum.Passes.Clear();
        await using var gallery = new Gallery(store, new PatternDecoder(), [sum, mean], options: new GalleryOptions { MaxDegreeOfParallelism = 1, BatchSize = 10 });
        AddReport report = await gallery.AddAsync(Works(10), null, Cancellation);
        Assert.Equal(10, report.Added);
        Assert.Equal(["means:1+3"], sum.Passes);
        Assert.Equal(["means:3"], mean.Passes);
        Assert.Equal((7 + 3, 7), (sum.Images, mean.Images));
        Assert.All(await store.GetFeatureSpacesAsync(Cancellation), space => Assert.Equal(10, space.Count));
    }

    [Fact]
    public async Task A_search_by_a_picture_in_two_spaces_looks_at_it_once()
    {
        MeanExtractor sum = new("means", 1), mean = new("means", 3);
        await using var store = new InMemoryGalleryStore();
        await using var gallery = new Gallery(store, new PatternDecoder(), [sum, mean]);
        await gallery.AddAsync(Works(30), null, Cancellation);
        sum.Passes.Clear();
        mean.Passes.Clear();
        var options = new GallerySearchOptions { Spaces = [new(mean.Space, 0.5), new(sum.Space, 0.5)] };
        GallerySearchResult found = await gallery.SearchAsync(PatternDecoder.Source(11), 3, options, Cancellation);
        Assert.Equal("work-11", found.Results[0].Painting.Key);
        Assert.Equal(["means:3+1"], mean.Passes);
        Assert.Empty(sum.Passes);
    }

    private static IEnumerable<PaintingImage> Works(int count) =>
        Enumerable.Range(0, count).Select(i => new PaintingImage(new Painting($"work-{i}"), PatternDecoder.Source(i)));

    private static async Task<string[]> SignaturesAsync(InMemoryGalleryStore store, FeatureSpace space)
    {
        List<string> rows = [];
        await foreach (VectorSet block in store.ReadSignatureBlocksAsync(space, cancellationToken: Cancellation))
        {
            for (int row = 0; row < block.Count; row++)
            {
                rows.Add(string.Join(' ', block[row].ToArray()));
            }
        }

        return [.. rows.Order(StringComparer.Ordinal)];
    }

    /// <summary>The mean of the first bytes of a picture by their place; those of one model share a pass.</summary>
    private sealed class MeanExtractor(string model, int length) : ComputingExtractor(new(model + length, "as is", length), new(8, 8)), ISharedPassExtractor
    {
        private int _images;

        public ConcurrentQueue<string> Passes { get; } = [];

        public int Images => _images;

        public bool SharesPassWith(IFeatureExtractor other) => other is MeanExtractor mean && mean.Model == Model;

        public ValueTask ExtractTogetherAsync(
            ReadOnlyMemory<RgbImage> images, IReadOnlyList<IFeatureExtractor> extractors, IReadOnlyList<Memory<float>> signatures, CancellationToken cancellationToken = default)
        {
            Note(string.Join('+', extractors.Select(extractor => extractor.Space.Dimensions)), images.Length);
            foreach ((IFeatureExtractor extractor, Memory<float> rows) in extractors.Zip(signatures))
            {
                Compute(images.Span, rows.Span, extractor.Space.Dimensions);
            }

            return ValueTask.CompletedTask;
        }

        protected override void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken)
        {
            Note($"{Space.Dimensions}", images.Length);
            Compute(images, signatures, Space.Dimensions);
        }

        private string Model { get; } = model;

        private static void Compute(ReadOnlySpan<RgbImage> images, Span<float> signatures, int length)
        {
            signatures.Fill(1);
            for (int i = 0; i < images.Length; i++)
            {
                for (int p = 0; p < images[i].Pixels.Length; p++)
                {
                    signatures[(length * i) + (p % length)] += images[i].Pixels[p] / (float)images[i].Pixels.Length;
                }
            }
        }

        private void Note(string spaces, int images)
        {
            Passes.Enqueue($"{Model}:{spaces}");
            Interlocked.Add(ref _images, images);
        }
    }
}
