using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.TestSupport;

namespace ArtSimilarity.Tests.Graphs;

/// <summary>A gallery in memory of works <c>w0</c>, <c>w1</c>, …: work i lies around centre i mod 10, and has a genre named after it.</summary>
internal sealed class ClusteredGallery : IAsyncDisposable
{
    public const int Clusters = 10;

    private ClusteredGallery(InMemoryGalleryStore store, VectorSet vectors) => (Store, Vectors, Gallery) = (store, vectors, new Gallery(store, null, []));

    public static FeatureSpace Space { get; } = new("clustered", "none", 24);

    public InMemoryGalleryStore Store { get; }

    public VectorSet Vectors { get; }

    public Gallery Gallery { get; }

    public static async Task<ClusteredGallery> CreateAsync(int count, CancellationToken cancellationToken)
    {
        VectorSet vectors = TestVectors.Clustered(count, Space.Dimensions, Clusters, 11);
        var store = new InMemoryGalleryStore();
        await store.WriteAsync([.. Enumerable.Range(0, count).Select(i => Entry(i, vectors[i]))], cancellationToken);
        return new ClusteredGallery(store, vectors);
    }

    public static GalleryEntry Entry(int number, ReadOnlySpan<float> vector) => new(
        new Painting($"w{number}") { Genre = $"g{number % Clusters}", Year = number % 7 == 0 ? null : 1500 + (number % 400) },
        $"hash {number}",
        [new Signature(Space, vector.ToArray())]);

    public async ValueTask DisposeAsync()
    {
        await Gallery.DisposeAsync();
        await Store.DisposeAsync();
    }
}
