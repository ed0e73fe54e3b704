using ArtSimilarity.Duplicates;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using Xunit;

namespace ArtSimilarity.Tests.Duplicates;

public sealed class ResultFoldingTests
{
    private static readonly FeatureSpace Space = new("folded", "none", 2), Other = new("other", "none", 2);

    // Works on a circle, in degrees: q is searched for, a1 to a3 lie together, b1 and b2 too, c is alone.
    private static readonly (string Key, double Degrees)[] Works = [("q", 0), ("a1", 10), ("a2", 11), ("a3", 12), ("b1", 40), ("b2", 41), ("c", 90)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copies_are_put_under_the_first_and_lose_nothing()
    {
        await using Searched searched = await Searched.CreateAsync(Cancellation);
        var verifier = new Counting((first, second) => first.Key[0] == second.Key[0]);
        IReadOnlyList<FoldedResult> folded = await searched.FoldAsync(new DuplicateOptions { MaxDistance = 0.2, Verifier = verifier });
        Assert.Equal(["a1: a2 a3", "b1: b2", "c: "], folded.Select(Text));
        Assert.Equal(searched.Results, folded.SelectMany(each => each.Copies.Prepend(each.Result)));
        Assert.Equal(["a1 a2", "a1 a3", "b1 b2"], verifier.Calls); // far pairs are never looked at

        Assert.Equal(["a1: a2 a3", "b1: b2"], (await searched.FoldAsync(new DuplicateOptions { MaxDistance = 0.2, Verifier = verifier }, 2)).Select(Text));
    }

    [Fact]
    public async Task A_verifier_decides_and_looks_at_no_more_than_the_nearest()
    {
        await using Searched searched = await Searched.CreateAsync(Cancellation);
        var none = new Counting((_, _) => false);
        Assert.Equal(6, (await searched.FoldAsync(new DuplicateOptions { MaxDistance = 2, MaxRank = 1, Verifier = none })).Count);
        Assert.Equal(["a1 a2", "a2 a3", "a3 b1", "b1 b2", "b2 c"], none.Calls);
        var third = new Counting((first, second) => (first.Key, second.Key) == ("a1", "a3"));
        Assert.Equal(["a1: a3", "a2: ", "b1: ", "b2: ", "c: "], (await searched.FoldAsync(new DuplicateOptions { MaxDistance = 0.2, Verifier = third })).Select(Text));
        Assert.Equal(["a1 a2", "a2 a3", "a1 a3", "b1 b2"], third.Calls);
    }

    [Fact]
    public async Task Without_a_verifier_the_signatures_decide_and_a_chain_joins_nothing()
    {
        await using Searched searched = await Searched.CreateAsync(Cancellation);
        double degree = 2 * Math.Sin(Math.PI / 360); // the chord of one degree
        Assert.Equal(["a1: a2", "a3: ", "b1: b2", "c: "], (await searched.FoldAsync(new DuplicateOptions { MaxDistance = 1.5 * degree })).Select(Text));
        Assert.Equal(["a1: a2 a3", "b1: b2", "c: "], (await searched.FoldAsync(new DuplicateOptions { MaxDistance = 2.5 * degree })).Select(Text));
    }

    [Fact]
    public async Task Results_without_a_signature_stay_alone_and_a_count_is_at_least_one()
    {
        await using Searched searched = await Searched.CreateAsync(Cancellation);
        Assert.Equal(6, (await searched.FoldAsync(new DuplicateOptions { MaxDistance = 2 }, space: Other)).Count);
        Assert.Empty(await ResultFolding.FoldAsync(searched.Gallery, [], new DuplicateOptions(), Space, 1, Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => searched.FoldAsync(new DuplicateOptions(), 0));
    }

    private static string Text(FoldedResult folded) => $"{folded.Result.Painting.Key}: {string.Join(' ', folded.Copies.Select(copy => copy.Painting.Key))}";

    private sealed class Searched(InMemoryGalleryStore store, Gallery gallery, IReadOnlyList<SimilarPainting> results) : IAsyncDisposable
    {
        public Gallery Gallery => gallery;

        public IReadOnlyList<SimilarPainting> Results => results;

        public static async Task<Searched> CreateAsync(CancellationToken cancellationToken)
        {
            var store = new InMemoryGalleryStore();
            await store.WriteAsync(
                [.. Works.Select(work => new GalleryEntry(new Painting(work.Key), $"hash of {work.Key}", [new Signature(Space, new[] { (float)Math.Cos(work.Degrees * Math.PI / 180), (float)Math.Sin(work.Degrees * Math.PI / 180) })]))],
                cancellationToken);
            await store.WriteAsync([new GalleryEntry(new Painting("elsewhere"), "hash", [new Signature(Other, new float[] { 1, 0 })])], cancellationToken);
            var gallery = new Gallery(store, null, []);
            GallerySearchResult found = await gallery.SearchByKeyAsync("q", 20, new GallerySearchOptions { Spaces = [Space], Quality = 1 }, cancellationToken);
            return new Searched(store, gallery, [.. found.Results.Where(result => result.Painting.Key != "q")]);
        }

        public Task<IReadOnlyList<FoldedResult>> FoldAsync(DuplicateOptions options, int count = int.MaxValue, FeatureSpace? space = null) =>
            ResultFolding.FoldAsync(gallery, results, options, space ?? Space, count, Cancellation);

        public async ValueTask DisposeAsync()
        {
            await gallery.DisposeAsync();
            await store.DisposeAsync();
        }
    }

    private sealed class Counting(Func<Painting, Painting, bool> isDuplicate) : IDuplicateVerifier
    {
        public List<string> Calls { get; } = [];

        public ValueTask<DuplicateVerdict> VerifyAsync(Painting first, Painting second, CancellationToken cancellationToken = default)
        {
            Calls.Add($"{first.Key} {second.Key}");
            return new(new DuplicateVerdict(isDuplicate(first, second), 1));
        }
    }
}
