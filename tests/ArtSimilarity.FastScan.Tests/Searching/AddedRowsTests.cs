using ArtSimilarity.Conformance;
using ArtSimilarity.Indexing;
using Xunit;

namespace ArtSimilarity.FastScan.Tests.Searching;

/// <summary>Vectors that were added since the build are found as if every one of them were compared with the query.</summary>
public class AddedRowsTests
{
    [Theory]
    [InlineData(3000, 64)]
    [InlineData(3000, 300)]
    [InlineData(200, 64)]
    [InlineData(100, 64)]
    public void What_was_added_is_found_as_by_an_exact_search(int added, int dimensions)
    {
        const int built = 3000, k = 40;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        VectorSet all = TestVectors.Clustered(built + added, dimensions, 30, 5), first = new(dimensions);
        using var exact = new FlatIndex(dimensions);
        for (int row = 0; row < all.Count; row++)
        {
            exact.Add(all.Ids.Slice(row, 1), all[row]);
            if (row < built)
            {
                first.Add(all.Ids.Slice(row, 1), all[row]);
            }
        }

        using FastScanIndex index = new FastScanIndexProvider(new FastScanIndexOptions()).Build(first);
        for (int row = built; row < all.Count; row++)
        {
            index.Add(all.Ids.Slice(row, 1), all[row]);
        }

        int[] removed = [.. Enumerable.Range(built, added).Where(id => id % 5 == 0)];
        index.Remove(removed);
        exact.Remove(removed);
        var even = new IdSet(Enumerable.Range(0, all.Count).Where(id => id % 2 == 0));
        int wanted = 0, missed = 0;
        foreach (IdSet? filter in new[] { null, even })
        {
            for (int query = 0; query < 200; query++)
            {
                cancellation.ThrowIfCancellationRequested();
                float[] vector = all[query * 7].ToArray();
                vector[query % dimensions] += 0.1f;
                var expected = new Neighbor[k];
                var found = new Neighbor[k];
                exact.Search(vector, expected, filter);
                Assert.Equal(k, index.Search(vector, found, filter));
                HashSet<int> ids = [.. found.Select(neighbor => neighbor.Id)];
                Assert.DoesNotContain(found, neighbor => removed.Contains(neighbor.Id) || filter?.Contains(neighbor.Id) == false);
                wanted += expected.Count(neighbor => neighbor.Id >= built);
                missed += expected.Count(neighbor => neighbor.Id >= built && !ids.Contains(neighbor.Id));
            }
        }

        Assert.True(wanted > 200, $"only {wanted} of the nearest were added ones");
        Assert.True(missed <= wanted / 1000, $"{missed} of {wanted} were missed");
    }

    [Fact]
    public void The_instruction_sets_switched_off_are_off() => InstructionSets.AssertSwitchesWorked();
}
