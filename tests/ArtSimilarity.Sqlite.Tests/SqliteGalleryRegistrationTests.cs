using ArtSimilarity.Galleries;
using ArtSimilarity.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtSimilarity.Sqlite.Tests;

public sealed class SqliteGalleryRegistrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_is_opened_at_its_first_use_and_closed_with_the_container()
    {
        string path = _folder.File("gallery.db");
        var services = new ServiceCollection();
        services.AddArtSimilarity().AddSqliteGallery(path);
        using (ServiceProvider provider = services.BuildServiceProvider())
        {
            Assert.False(File.Exists(path));
            IGalleryStore store = provider.GetRequiredService<IGalleryStore>();
            Assert.Same(store, provider.GetRequiredService<IGalleryStore>());
            Assert.Equal(path, Assert.IsType<SqliteGalleryStore>(store).FilePath);
        }

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Options_reach_the_store()
    {
        var services = new ServiceCollection();
        services.AddArtSimilarity().AddSqliteGallery(_folder.File("missing.db"), o => o.MustExist = true);
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Throws<GalleryStoreException>(provider.GetRequiredService<IGalleryStore>);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
