using ArtSimilarity.Indexing;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class VectorSetTests
{
    [Theory]
    [InlineData(1, 1, null)]
    [InlineData(3, 7, null)]
    [InlineData(512, 1, null)]
    [InlineData(512, 33, null)]
    [InlineData(512, 33, 1)]
    [InlineData(512, 33, 5)]
    [InlineData(512, 33, 5_000_000)]
    [InlineData(4096, 100, null)]
    [InlineData(300_000, 3, null)]
    [InlineData(300_000, 3, 2)]
    public void Rows_stay_what_they_were_as_the_set_grows(int dimensions, int most, int? expectedCount)
    {
        var random = new Random(4);
        VectorSet set = expectedCount is int few ? new VectorSet(dimensions, few) : new VectorSet(dimensions);
        List<float[]> expected = [];
        List<(VectorSet Prefix, int Count)> prefixes = [];
        while (expected.Count < Math.Min(3000, 20_000_000 / dimensions))
        {
            float[][] rows = [.. Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => Row(random, dimensions))];
            set.Add([.. Enumerable.Range(expected.Count, rows.Length)], [.. rows.SelectMany(row => row)]);
            expected.AddRange(rows);
            if (prefixes.Count < 20)
            {
                prefixes.Add((set.Prefix(expected.Count), expected.Count));
            }
        }

        prefixes.Add((set, expected.Count));
        foreach ((VectorSet prefix, int count) in prefixes)
        {
            Assert.Equal(count, prefix.Count);
            Assert.Equal(Enumerable.Range(0, count), prefix.Ids.ToArray());
            for (int row = 0; row < count; row++)
            {
                Assert.True(prefix[row].SequenceEqual(expected[row]));
            }
        }
    }

    [Fact]
    public async Task Readers_see_whole_rows_while_the_set_grows()
    {
        const int count = 20_000, dimensions = 8;
        var set = new VectorSet(dimensions);
        Task writer = Task.Run(
            () =>
            {
                for (int id = 0; id < count; id++)
                {
                    float[] row = new float[dimensions];
                    Array.Fill(row, id);
                    set.Add([id], row);
                }
            },
            TestContext.Current.CancellationToken);
        while (!writer.IsCompleted)
        {
            int seen = set.Count;
            for (int row = Math.Max(0, seen - 50); row < seen; row++)
            {
                Assert.Equal(row, set.Ids[row]);
                Assert.False(set[row].ContainsAnyExcept(row));
            }
        }

        await writer;
        Assert.Equal(count, set.Count);
    }

    private static float[] Row(Random random, int dimensions)
    {
        float[] row = new float[dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            row[i] = random.NextSingle();
        }

        return row;
    }
}
