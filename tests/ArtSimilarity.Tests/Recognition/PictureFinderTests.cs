using ArtSimilarity.Imaging;
using ArtSimilarity.Recognition;
using Xunit;

namespace ArtSimilarity.Tests.Recognition;

public sealed class PictureFinderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<double[]> Outlines => new(
        new double[] { 0.22, 0.2, 0.8, 0.27, 0.79, 0.76, 0.2, 0.85 },
        new double[] { 0.1, 0.12, 0.62, 0.1, 0.66, 0.7, 0.08, 0.66 },
        new double[] { 0.35, 0.3, 0.75, 0.33, 0.73, 0.8, 0.34, 0.78 },
        new double[] { 0.3, 0.2, 1.05, 0.22, 1.06, 0.8, 0.31, 0.84 }); // cut off on the right

    [Theory]
    [MemberData(nameof(Outlines))]
    public void The_picture_on_a_wall_is_found(double[] corners)
    {
        var outline = new Quadrilateral(new(corners[0], corners[1]), new(corners[2], corners[3]), new(corners[4], corners[5]), new(corners[6], corners[7]));
        using RgbImage painting = Scenes.Painting(2);
        using RgbImage photo = Scenes.Photo(painting, outline);
        IReadOnlyList<FoundPicture> found = PictureFinder.Find(photo, cancellationToken: Token);
        Assert.InRange(found.Count, 1, 4);
        Assert.True(found.Any(picture => picture.Outline.Overlap(outline) > 0.8), $"The best overlap is {found.Max(picture => picture.Outline.Overlap(outline))}.");
        Assert.Equal(found.OrderByDescending(picture => picture.Score), found);
    }

    [Fact]
    public void An_empty_wall_has_no_picture()
    {
        using var wall = new RgbImage(300, 200);
        wall.Pixels.Fill(180);
        Assert.Empty(PictureFinder.Find(wall, cancellationToken: Token));
        using var dot = new RgbImage(3, 3);
        dot.Pixels.Clear();
        Assert.Empty(PictureFinder.Find(dot, cancellationToken: Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => PictureFinder.Find(wall, 0, Token));
    }

    [Fact]
    public void Views_of_a_photograph_are_few_and_all_can_be_drawn()
    {
        using RgbImage painting = Scenes.Painting(3);
        using RgbImage photo = Scenes.Photo(painting, Scenes.Aside);
        IReadOnlyList<PhotoView> views = PhotoViews.OfPhoto(photo, 3, Token);
        Assert.InRange(views.Count, 5, 10);
        Assert.Contains(PhotoViews.Whole, views);
        foreach (PhotoView view in PhotoViews.WithMirrored(views))
        {
            using RgbImage drawn = view.Render(photo, new ImageSize(64, 64));
            Assert.True(drawn.Width >= 64 && drawn.Height >= 64);
        }

        using RgbImage upright = PhotoViews.Whole.Render(photo, photo.Size);
        using RgbImage mirrored = (PhotoViews.Whole with { IsMirrored = true }).Render(photo, photo.Size);
        Assert.Equal(upright.Pixels[..3].ToArray(), mirrored.Pixels.Slice(3 * (photo.Width - 1), 3).ToArray());
    }
}
