using ArtSimilarity.Benchmarks.Comparisons;
using ArtSimilarity.Features;
using ArtSimilarity.Galleries;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using ArtSimilarity.Sqlite;
using BenchmarkDotNet.Attributes;

namespace ArtSimilarity.Benchmarks.Micro;

/// <summary>200 paintings from files into a new SQLite gallery with the classical extractor.</summary>
[MemoryDiagnoser]
public class IndexingBenchmarks
{
    private const int Count = 200;
    private PaintingImage[] _works = [];

    [GlobalSetup]
    public void Setup() =>
        _works = [.. Directory.EnumerateFiles(Path.Combine(Report.Shared, "paintings", "images")).Order(StringComparer.Ordinal).Take(Count)
            .Select(file => new PaintingImage(new Painting(Path.GetFileName(file)), ImageSource.FromFile(file)))];

    [Benchmark(OperationsPerInvoke = Count)]
    public async Task IndexOnePainting()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("artsim-benchmark");
        await using (SqliteGalleryStore store = SqliteGalleryStore.Open(Path.Combine(folder.FullName, "gallery.db")))
        {
            await using var gallery = new Gallery(store, new NetVipsImageDecoder(), [new ClassicalFeatureExtractor()]);
            await gallery.AddAsync(_works);
        }

        folder.Delete(recursive: true);
    }
}
