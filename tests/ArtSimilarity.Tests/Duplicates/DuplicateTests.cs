using ArtSimilarity.Duplicates;
using ArtSimilarity.Graphs;
using ArtSimilarity.Imaging;
using ArtSimilarity.Indexing;
using Xunit;

namespace ArtSimilarity.Tests.Duplicates;

public sealed class DuplicateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_are_mutual_near_neighbours_and_chains_are_cut()
    {
        // a–b–c–d is a chain of near works, e–f a pair, g is near h but h has nearer ones, i is alone.
        Painting[] works = [.. "abcdefghi".Select(key => new Painting(key.ToString()))];
        NeighborGraph graph = new(works,
        [
            [new(1, 0.1f), new(2, 0.5f)], [new(0, 0.1f), new(2, 0.11f)], [new(1, 0.11f), new(3, 0.12f)], [new(2, 0.12f), new(1, 0.5f)],
            [new(5, 0.05f), new(0, 0.9f)], [new(4, 0.05f), new(0, 0.9f)],
            [new(7, 0.1f), new(0, 0.9f)], [new(4, 0.06f), new(5, 0.07f)], [new(0, 0.9f)],
        ]);
        IReadOnlyList<DuplicateGroup> groups = await DuplicateFinder.FindAsync(graph, new DuplicateOptions { MaxDistance = 0.2 }, null, Cancellation);
        Assert.Equal(["abc", "ef"], groups.Select(group => string.Concat(group.Works.Select(work => work.Key).Order())));
        Assert.Equal("b", groups[0].Works[0].Key);
        Assert.Equal([0.1f, 0.11f], groups[0].Pairs.Select(pair => pair.Distance));
        Assert.Null(groups[0].Pairs[0].Score);
        IReadOnlyList<DuplicateGroup> nearest = await DuplicateFinder.FindAsync(graph, new DuplicateOptions { MaxDistance = 0.2, MaxRank = 1 }, null, Cancellation);
        Assert.Equal(["ef", "ab"], nearest.Select(group => string.Concat(group.Works.Select(work => work.Key).Order())));
    }

    [Fact]
    public async Task A_verifier_decides_and_its_score_is_kept()
    {
        Painting[] works = [new("a"), new("b"), new("c")];
        NeighborGraph graph = new(works, [[new(1, 0.1f), new(2, 0.2f)], [new(0, 0.1f), new(2, 0.3f)], [new(0, 0.2f), new(1, 0.3f)]]);
        IReadOnlyList<DuplicateGroup> groups = await DuplicateFinder.FindAsync(graph, new DuplicateOptions { Verifier = new Only("a", "c") }, null, Cancellation);
        DuplicatePair pair = Assert.Single(Assert.Single(groups).Pairs);
        Assert.Equal(("a", "c", 0.75), (pair.First.Key, pair.Second.Key, pair.Score));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DuplicateOptions { MaxDistance = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DuplicateOptions { MaxRank = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DuplicateOptions { MaxDegreeOfParallelism = 0 });
    }

    [Fact]
    public void A_picture_is_found_in_a_crop_of_it_and_not_in_another()
    {
        using RgbImage whole = Painted(1, 300, 240), other = Painted(2, 300, 240);
        var region = new ImageRegion(0.08, 0.05, 0.85, 0.9);
        using RgbImage crop = whole.Crop(region), small = ImageResampler.Resize(crop, new ImageSize(150, 130));
        ImageAlignment found = ImageAlignment.Of(small, whole);
        Assert.InRange(found.Agreement, 0.9, 1);
        Assert.Equal(region.X, found.Region.X, 0.02);
        Assert.Equal(region.Y, found.Region.Y, 0.02);
        Assert.Equal(region.Width, found.Region.Width, 0.03);
        Assert.Equal(region.Height, found.Region.Height, 0.03);
        Assert.InRange(ImageAlignment.Of(other, whole).Agreement, -1, 0.45);
        Assert.Equal(1, ImageAlignment.Of(whole, whole).Agreement, 1e-6);
    }

    [Fact]
    public void A_difference_is_grey_but_where_something_was_painted_over()
    {
        using RgbImage first = Painted(3, 200, 160), second = Painted(3, 200, 160);
        for (int y = 60; y < 90; y++)
        {
            for (int x = 80; x < 120; x++)
            {
                second.Pixels.Slice(3 * ((y * 200) + x), 3).Fill(255);
            }
        }

        using RgbImage drawn = ImageDifference.Draw(first, second);
        Assert.Equal((200, 160), (drawn.Width, drawn.Height));
        int[] away = new int[2];
        int[] counts = new int[2];
        for (int i = 0; i < 200 * 160; i++)
        {
            int inside = i % 200 is >= 82 and < 118 && i / 200 is >= 62 and < 88 ? 1 : 0;
            away[inside] += Math.Abs(drawn.Pixels[3 * i] - 128);
            counts[inside]++;
        }

        Assert.InRange(away[0] / (double)counts[0], 0, 16);
        Assert.InRange(away[1] / (double)counts[1], 40, 128);
    }

    [Fact]
    public void Pictures_of_different_works_are_laid_edge_on_edge()
    {
        for (int seed = 0; seed < 8; seed++)
        {
            using RgbImage first = Painted(seed, 200, 160), second = Painted(seed + 100, 120, 150);
            using RgbImage drawn = ImageDifference.Draw(first, second);
            int black = 0;
            for (int i = 0; i < 200 * 160; i++)
            {
                black += drawn.Pixels.Slice(3 * i, 3) is [0, 0, 0] ? 1 : 0;
            }

            Assert.InRange(black, 0, 200 * 160 / 100); // what the second does not show would be black
        }
    }

    [Fact]
    public async Task The_verifier_compares_pictures_and_counts_those_it_cannot_open()
    {
        var verifier = new AlignmentVerifier(new PatternDecoder(), new PatternOpener());
        Assert.True((await verifier.VerifyAsync(Work("a", "7"), Work("b", "7"), Cancellation)).IsDuplicate);
        Assert.False((await verifier.VerifyAsync(Work("a", "7"), Work("c", "gone"), Cancellation)).IsDuplicate);
        Assert.False((await verifier.VerifyAsync(Work("a", "7"), new Painting("d"), Cancellation)).IsDuplicate);
        Assert.Equal(2, verifier.UnreadableCount);

        static Painting Work(string key, string uri) => new(key) { ImageUri = uri };
    }

    /// <summary>Blurred noise of arithmetic that is the same on every machine.</summary>
    private static RgbImage Painted(int seed, int width, int height)
    {
        var random = new Random(seed);
        using var coarse = new RgbImage(30, 24);
        random.NextBytes(coarse.Pixels);
        return ImageResampler.Resize(coarse, new ImageSize(width, height));
    }

    private sealed class Only(string first, string second) : IDuplicateVerifier
    {
        public ValueTask<DuplicateVerdict> VerifyAsync(Painting one, Painting other, CancellationToken cancellationToken = default) =>
            new(new DuplicateVerdict((one.Key, other.Key) == (first, second), 0.75));
    }

    private sealed class PatternOpener : IImageOpener
    {
        public ValueTask<ImageSource> OpenAsync(string uri, ImageSize? minimumSize, CancellationToken cancellationToken = default) => uri == "gone"
            ? throw new ImageDecodeException(uri, ImageDecodeError.Unreadable, "it is gone")
            : new(PatternDecoder.Source(int.Parse(uri, System.Globalization.CultureInfo.InvariantCulture)));
    }
}
