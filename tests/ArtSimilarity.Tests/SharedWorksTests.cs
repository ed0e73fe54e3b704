using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Galleries.Searching;
using ArtSimilarity.Indexing;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>The works that several spaces share, followed from commit to commit.</summary>
public sealed class SharedWorksTests : IDisposable
{
    private static readonly FeatureSpace[] Spaces = [new("a", "none", 2), new("b", "none", 3), new("c", "none", 1)];
    private readonly InMemoryGalleryStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task After_any_history_they_are_those_that_the_store_holds(int spaceCount)
    {
        FeatureSpace[] spaces = Spaces[..spaceCount];
        var random = new Random(spaceCount);
        var cache = new SharedWorksCache(_store);
        List<(SharedWorks Works, int[] Ids)> former = [];
        for (int commit = 0; commit < 400; commit++)
        {
            string[] works = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => $"w{random.Next(commit < 200 ? 150 : 30)}").Distinct()];
            if (random.Next(4) == 0)
            {
                await _store.RemoveAsync(works, Cancellation);
            }
            else
            {
                // Some get a signature in one space only, or another image, which takes their signatures in all spaces.
                await _store.WriteAsync([.. works.Select(work => Entry(work, random.Next(2), Spaces.Where(_ => random.Next(3) > 0)))], Cancellation);
            }

            if (commit == 250)
            {
                await _store.RemoveAsync([.. Enumerable.Range(30, 120).Select(work => $"w{work}")], Cancellation); // so many that the places are numbered anew
            }

            if (random.Next(3) > 0)
            {
                SharedWorks shared = await cache.GetAsync(await SummariesAsync(spaces), Cancellation);
                await CheckAsync(shared, spaces);
                former.Add((shared, IdsOf(shared, spaceCount)));
            }
        }

        // What a search holds does not change under it.
        Assert.All(former, seen => Assert.Equal(seen.Ids, IdsOf(seen.Works, spaceCount)));
    }

    private static GalleryEntry Entry(string work, int image, IEnumerable<FeatureSpace> spaces) =>
        new(new Painting(work), $"{work}-{image}", [.. spaces.Select(space => new Signature(space, new float[space.Dimensions]))]);

    private static int[] IdsOf(SharedWorks shared, int spaces) =>
        [.. Enumerable.Range(0, shared.PlaceCount).Where(shared.Has).SelectMany(place => Enumerable.Range(0, spaces).Select(space => shared.IdOf(space, place)))];

    private async Task<FeatureSpaceSummary[]> SummariesAsync(FeatureSpace[] spaces)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await _store.GetFeatureSpacesAsync(Cancellation);
        return [.. spaces.Select(space => held.FirstOrDefault(summary => summary.Space == space) ?? new FeatureSpaceSummary(space, 0, default))];
    }

    private async Task CheckAsync(SharedWorks shared, FeatureSpace[] spaces)
    {
        Dictionary<int, string>[] keys = new Dictionary<int, string>[spaces.Length];
        for (int i = 0; i < spaces.Length; i++)
        {
            int[] ids = (await _store.SelectAsync(spaces[i], new PaintingFilter(), Cancellation)).ToArray();
            IReadOnlyList<Painting?> paintings = await _store.GetPaintingsAsync(spaces[i], ids, Cancellation);
            keys[i] = ids.Zip(paintings).ToDictionary(pair => pair.First, pair => pair.Second!.Key);
        }

        string[] expected = [.. keys[0].Values.Where(key => keys.All(known => known.ContainsValue(key))).Order(StringComparer.Ordinal)];
        List<string> found = [];
        for (int place = 0; place < shared.PlaceCount; place++)
        {
            if (shared.Has(place))
            {
                string key = keys[0][shared.IdOf(0, place)];
                found.Add(key);
                for (int i = 0; i < spaces.Length; i++)
                {
                    Assert.Equal(key, keys[i][shared.IdOf(i, place)]);
                    Assert.Equal(place, shared.PlaceOf(i, shared.IdOf(i, place)));
                }
            }
        }

        Assert.Equal(expected, found.Order(StringComparer.Ordinal));
        Assert.Equal(expected.Length, shared.Count);
        var filter = new IdSet(keys[0].Keys.Where(id => id % 2 == 0));
        for (int i = 0; i < spaces.Length; i++)
        {
            int space = i;
            string[] all = [.. keys[i].Where(entry => shared.PlaceOf(space, entry.Key) >= 0).Select(entry => entry.Value).Order(StringComparer.Ordinal)];
            Assert.Equal(expected, all);
            IdSet? allowed = shared.Allowed(i, null);
            Assert.Equal(expected.Length == keys[i].Count, allowed is null);
            Assert.Equal(expected.Length, allowed?.Count ?? keys[i].Count);
            Assert.Equal(
                keys[0].Where(entry => filter.Contains(entry.Key) && expected.Contains(entry.Value)).Select(entry => entry.Value).Order(StringComparer.Ordinal),
                shared.Allowed(i, filter)!.ToArray().Select(id => keys[space][id]).Order(StringComparer.Ordinal));
        }
    }
}
