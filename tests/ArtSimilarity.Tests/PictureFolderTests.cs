using ArtSimilarity.Catalogues;
using ArtSimilarity.Galleries;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class PictureFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_catalogue_keys_are_paths_and_hidden_and_other_files_are_passed_over()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "names with dots are hidden on Unix alone");
        Write("b.JPG", "sub/a.png", "sub/deep/c.tiff", "a\\b.webp", ".hidden.jpg", ".thumbs/x.jpg", "notes.txt", "jpg", "z.heic");
        IReadOnlyList<PaintingImage> works = PictureFolder.Read(_folder.Path, null, TestContext.Current.CancellationToken);
        Assert.Equal(["a\\b.webp", "b.JPG", "sub/a.png", "sub/deep/c.tiff", "z.heic"], works.Select(work => work.Painting.Key));
        Assert.All(works, work => Assert.Equal((_folder[work.Painting.Key], _folder[work.Painting.Key]), (work.Painting.ImageUri, work.Image.Path)));
    }

    [Theory]
    [InlineData("paintings.csv")]
    [InlineData("metadata.csv")]
    public void A_catalogue_of_the_folder_describes_its_pictures(string name)
    {
        Write("one.jpg", "sub/two.jpg", "three.jpg");
        File.WriteAllText(_folder[name], "id,file,title\nk1,one.jpg,One\nk2,sub/two.jpg,Two\nk9,gone.jpg,Gone\n");
        IReadOnlyList<PaintingImage> works = Read();
        Assert.Equal([("k1", "One"), ("k2", "Two"), ("three.jpg", null)], works.Select(work => (work.Painting.Key, work.Painting.Title)).Order());
        Assert.All(works, work => Assert.Equal(work.Image.Path, work.Painting.ImageUri));
    }

    [Fact]
    public void A_row_that_two_pictures_fit_describes_the_first()
    {
        Write("x.jpg", "x.png");
        File.WriteAllText(_folder["metadata.csv"], "id,title\nx,Title\n");
        Assert.Equal([("x", "Title"), ("x.png", null)], Read().Select(work => (work.Painting.Key, work.Painting.Title)));
    }

    [Fact]
    public void A_catalogue_that_is_given_takes_the_place_of_the_one_that_lies_there()
    {
        Write("x.jpg");
        File.WriteAllText(_folder["paintings.csv"], "id,title\nx,There\n");
        File.WriteAllText(_folder["given.csv"], "id,title\nx,Given\n");
        Assert.Equal("Given", Assert.Single(PictureFolder.Read(_folder.Path, MetadataCatalogue.Read(_folder["given.csv"]), TestContext.Current.CancellationToken)).Painting.Title);
        Assert.Equal("There", Assert.Single(Read()).Painting.Title);
    }

    [Fact]
    public void Folders_that_are_none_and_catalogues_that_cannot_be_read_are_named()
    {
        Assert.Empty(Read());
        Assert.Throws<DirectoryNotFoundException>(() => PictureFolder.Read(_folder["none"], null, TestContext.Current.CancellationToken));
        Write("x.jpg");
        Assert.ThrowsAny<OperationCanceledException>(() => PictureFolder.Read(_folder.Path, null, new CancellationToken(canceled: true)));
        File.WriteAllText(_folder["metadata.csv"], "title\nT\n");
        Assert.Throws<CatalogueException>(Read);
    }

    [Fact]
    public void A_link_that_leads_back_is_not_followed_for_ever()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        Write("x.jpg");
        Directory.CreateSymbolicLink(_folder["loop"], _folder.Path);
        Assert.Equal(["x.jpg"], Read().Select(work => work.Painting.Key));
    }

    private IReadOnlyList<PaintingImage> Read() => PictureFolder.Read(_folder.Path, null, TestContext.Current.CancellationToken);

    private void Write(params string[] names)
    {
        foreach (string name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            File.WriteAllBytes(_folder[name], []);
        }
    }
}
