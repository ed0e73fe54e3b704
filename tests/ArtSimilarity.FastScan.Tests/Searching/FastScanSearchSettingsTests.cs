using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Searching;

public class FastScanSearchSettingsTests
{
    [Fact]
    public void Defaults_grow_with_the_neighbours_and_with_the_vectors()
    {
        int[] steps = [0, 1, 10, 250, 1000, 100_000, 10_000_000];
        foreach (int count in steps)
        {
            for (int i = 1; i < steps.Length; i++)
            {
                FastScanSearchSettings fewer = FastScanSearchSettings.DefaultFor(steps[i - 1], count), more = FastScanSearchSettings.DefaultFor(steps[i], count);
                Assert.True(more.SearchCandidates > fewer.SearchCandidates && more.RescoredCandidates > fewer.RescoredCandidates, $"{fewer}, {more}");
                fewer = FastScanSearchSettings.DefaultFor(count, steps[i - 1]);
                more = FastScanSearchSettings.DefaultFor(count, steps[i]);
                Assert.True(more.SearchCandidates >= fewer.SearchCandidates && more.RescoredCandidates >= fewer.RescoredCandidates, $"{fewer}, {more}");
            }
        }
    }

    [Fact]
    public void Defaults_look_at_more_than_the_neighbours_and_rescore_fewer_than_they_look_at()
    {
        foreach (int k in new[] { 0, 1, 10, 250, 1000, 1_000_000 })
        {
            foreach (int count in new[] { 0, 1, 13_337, 76_682, 1_000_000 })
            {
                FastScanSearchSettings settings = FastScanSearchSettings.DefaultFor(k, count);
                Assert.InRange(settings.RescoredCandidates, Math.Max(1, k), settings.SearchCandidates);
            }
        }
    }

    [Fact]
    public void Defaults_for_the_largest_numbers_do_not_overflow()
    {
        FastScanSearchSettings settings = FastScanSearchSettings.DefaultFor(int.MaxValue, int.MaxValue);
        Assert.Equal(FastScanSearchSettings.Exact, settings);
        Assert.Throws<ArgumentOutOfRangeException>(() => FastScanSearchSettings.DefaultFor(-1, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => FastScanSearchSettings.DefaultFor(10, -1));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, 5)]
    [InlineData(5, int.MinValue)]
    public void Numbers_below_one_are_refused_by_every_search(int candidates, int rescored)
    {
        var settings = new FastScanSearchSettings(candidates, rescored);
        using FastScanIndex index = new FastScanIndexProvider().Build(TestVectors.Random(20, 3, seed: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search([1, 2, 3], new Neighbor[2], null, settings));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.SearchMany(new float[3], 1, new Neighbor[1], new int[1], null, settings, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FastScanIndexProvider(new FastScanIndexOptions { SearchSettings = settings }));
    }
}
