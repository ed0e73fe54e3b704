using ArtSimilarity.Galleries;
using ArtSimilarity.Galleries.Indexes;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.TestSupport;
using Xunit;

namespace ArtSimilarity.Tests;

/// <summary>Measures the memory of the whole process, so no other test runs meanwhile.</summary>
[Collection(nameof(RunsAlone))]
public class LiveIndexMemoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writing_and_removing_for_ever_does_not_grow()
    {
        const int dimensions = 256, works = 200;
        VectorSet vectors = TestVectors.Random(works, dimensions, seed: 5);
        LiveIndex index = LiveIndex.Over(new FakeIndex(new VectorSet(dimensions), SimilarityMetrics.Angular, VectorIndexAccuracy.Adjustable), default, -1);
        int id = 0;
        Rounds(10);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Rounds(200);

        // 40,000 vectors of 1 KB each would be 40 MB.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 12_000_000);
        Assert.Equal(works, (await index.SearchAsync(vectors[0].ToArray(), 1000, null, null, Cancellation)).Count);

        void Rounds(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                var added = new VectorSet(dimensions);
                for (int work = 0; work < works; work++)
                {
                    added.Add([id + work], vectors[work]);
                }

                index.Apply(new SignatureChanges(new SpaceVersion(id + 1, 1), [.. Enumerable.Range(id - works, works).Where(former => former >= 0)], added));
                id += works;
            }
        }
    }
}
