using ArtSimilarity.FastScan;
using ArtSimilarity.Galleries;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Sqlite;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Integration.Tests;

/// <summary>Several spaces at once through Annoy indexes that look at all they hold, in an SQLite file.</summary>
public sealed class CombinedAnnoyTests : CombinedSearchConformance, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artsim-combined");
    private int _galleries;

    public void Dispose() => _folder.Delete(recursive: true);

    protected override IReadOnlyList<ISimilarityMetric> Metrics => [SimilarityMetrics.Angular];

    protected override IGalleryStore CreateStore() => SqliteGalleryStore.Open(Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref _galleries)}.db"));

    protected override IVectorIndexProvider CreateProvider() => new FastScanIndexProvider(new FastScanIndexOptions { LeafSize = 16, SearchSettings = FastScanSearchSettings.Exact });
}
