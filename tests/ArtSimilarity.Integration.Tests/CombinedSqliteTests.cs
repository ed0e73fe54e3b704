using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Integration.Tests;

/// <summary>Several spaces at once by exact scans, in an SQLite file.</summary>
public sealed class CombinedSqliteTests : CombinedSearchConformance, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artsim-combined");
    private int _galleries;

    public void Dispose() => _folder.Delete(recursive: true);

    protected override IGalleryStore CreateStore() => SqliteGalleryStore.Open(Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref _galleries)}.db"));
}
