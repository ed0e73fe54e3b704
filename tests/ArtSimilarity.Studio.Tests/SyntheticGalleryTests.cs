using ArtSimilarity.Catalogues;
using ArtSimilarity.Testing;

namespace ArtSimilarity.Studio.Tests;

public sealed class SyntheticGalleryTests
{
    [Fact]
    public void The_same_numbers_paint_the_same_pictures()
    {
        for (int kind = 0; kind < SyntheticGallery.Genres.Count; kind++)
        {
            Assert.Equal(SyntheticGallery.PaintOne(kind).ToRgb(), SyntheticGallery.PaintOne(kind).ToRgb());
        }

        Assert.NotEqual(SyntheticGallery.PaintOne(0).ToRgb(), SyntheticGallery.PaintOne(13).ToRgb());
    }

    [Fact]
    public void A_folder_is_painted_with_its_catalogue_and_told_from_those_of_others()
    {
        using var folder = new TemporaryFolder();
        string path = SyntheticGallery.Paint(folder.Path, 3, null, TestContext.Current.CancellationToken);
        Assert.Equal(folder[SyntheticGallery.CatalogueFile], path);
        MetadataCatalogue catalogue = MetadataCatalogue.Read(path);
        Assert.Equal(SyntheticGallery.FirstKey, catalogue.Entries[0].Id);
        Assert.All(catalogue.Entries, entry => Assert.True(File.Exists(entry.File)));
        Assert.True(SyntheticGallery.IsPainted(folder.Path, 3));
        Assert.False(SyntheticGallery.IsPainted(folder.Path, 4));
        Assert.True(SyntheticGallery.MayPaint(folder.Path));

        using var other = new TemporaryFolder();
        File.WriteAllText(other["mine.jpg"], "");
        Assert.False(SyntheticGallery.MayPaint(other.Path));
    }
}
