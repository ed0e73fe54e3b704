using ArtSimilarity.Galleries;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Sqlite.Tests;

public sealed class SqliteGalleryStoreTests : GalleryStoreConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _galleries;

    public void Dispose() => _folder.Dispose();

    protected override IGalleryStore Create() => SqliteGalleryStore.Open(_folder.File($"gallery {Interlocked.Increment(ref _galleries)} é.db"));
}
