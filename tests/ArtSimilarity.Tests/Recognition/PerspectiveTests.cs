using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Tests.Recognition;

public sealed class PerspectiveTests
{
    [Theory]
    [InlineData(300, 200, 224, 224)]
    [InlineData(2, 2, 31, 17)]
    [InlineData(640, 480, 60, 45)]
    public void Pixels_are_rectified_as_one_by_one(int width, int height, int toWidth, int toHeight)
    {
        using RgbImage painting = Scenes.Painting(7), source = ImageResampler.Resize(painting, new ImageSize(width, height));
        var random = new Random(width);
        for (int i = 0; i < 6; i++)
        {
            ImagePoint Near(double x, double y) => new(x + (0.4 * (random.NextDouble() - 0.5)), y + (0.4 * (random.NextDouble() - 0.5))); // also outside
            var figure = new Quadrilateral(Near(0.1, 0.1), Near(0.9, 0.1), Near(0.9, 0.9), Near(0.1, 0.9));
            using RgbImage fast = PerspectiveTransform.Rectify(source, figure, new ImageSize(toWidth, toHeight));
            using var slow = new RgbImage(toWidth, toHeight);
            double scale = Math.Sqrt(figure.Area * width * height / ((double)toWidth * toHeight));
            PerspectiveTransform.RectifyScalar(source, [.. PerspectiveTransform.FromUnitSquare(figure).Matrix], slow, Math.Clamp((int)Math.Round(scale), 1, 4));
            byte[] expected = slow.Pixels.ToArray(), actual = fast.Pixels.ToArray();
            Assert.True(expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second)) <= 1);
        }
    }

    [Fact]
    public void The_unit_square_goes_to_the_corners_and_back()
    {
        PerspectiveTransform map = PerspectiveTransform.FromUnitSquare(Scenes.Aside);
        ImagePoint[] square = [new(0, 0), new(1, 0), new(1, 1), new(0, 1)];
        foreach ((ImagePoint from, ImagePoint to) in square.Zip(Scenes.Aside.Corners()))
        {
            AssertNear(to, map.Map(from));
            AssertNear(from, map.Inverse().Map(to));
            AssertNear(from, map.Then(map.Inverse()).Map(from));
        }

        // Diagonals meet where diagonals meet: what an affine map would miss.
        ImagePoint middle = map.Map(new(0.5, 0.5));
        AssertOnLine(Scenes.Aside.TopLeft, Scenes.Aside.BottomRight, middle);
        AssertOnLine(Scenes.Aside.TopRight, Scenes.Aside.BottomLeft, middle);
    }

    [Fact]
    public void A_picture_seen_from_the_side_is_rectified()
    {
        using RgbImage painting = Scenes.Painting(1);
        using RgbImage photo = Scenes.Photo(painting, Scenes.Aside, light: 1);
        using RgbImage rectified = PerspectiveTransform.Rectify(photo, Scenes.Aside, painting.Size);
        double error = painting.Pixels.ToArray().Zip(rectified.Pixels.ToArray(), (a, b) => Math.Abs(a - b)).Average();
        Assert.True(error < 8, $"The mean error is {error} of 255.");
    }

    [Fact]
    public void What_is_no_map_or_no_figure_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PerspectiveTransform.FromMatrix([1, 2, 3]));
        Assert.Throws<ArgumentException>(() => PerspectiveTransform.FromMatrix([1, 0, 0, 1, 0, 0, 0, 0, 1]));
        Assert.Throws<ArgumentException>(() => PerspectiveTransform.FromMatrix([double.NaN, 0, 0, 0, 1, 0, 0, 0, 1]));
        Assert.Throws<ArgumentException>(() => new Quadrilateral(new(0, 0), new(0, 1), new(1, 1), new(1, 0))); // anticlockwise
        Assert.Throws<ArgumentException>(() => new Quadrilateral(new(0, 0), new(1, 0), new(0.1, 0.1), new(0, 1))); // not convex
        Assert.Throws<ArgumentException>(() => new Quadrilateral(new(0, 0), new(double.NaN, 0), new(1, 1), new(0, 1)));
    }

    [Fact]
    public void Overlaps_are_areas()
    {
        var left = Quadrilateral.FromRegion(new ImageRegion(0, 0, 0.5, 1));
        var whole = Quadrilateral.FromRegion(new ImageRegion(0, 0, 1, 1));
        var middle = Quadrilateral.FromRegion(new ImageRegion(0.25, 0, 0.5, 1));
        Assert.Equal(1, left.Overlap(left), 1e-9);
        Assert.Equal(0.5, left.Overlap(whole), 1e-9);
        Assert.Equal(1.0 / 3, left.Overlap(middle), 1e-9);
        Assert.Equal(0, left.Overlap(Quadrilateral.FromRegion(new ImageRegion(0.6, 0, 0.4, 1))), 1e-9);
    }

    private static void AssertNear(ImagePoint expected, ImagePoint actual)
    {
        Assert.Equal(expected.X, actual.X, 1e-9);
        Assert.Equal(expected.Y, actual.Y, 1e-9);
    }

    private static void AssertOnLine(ImagePoint a, ImagePoint b, ImagePoint point) =>
        Assert.Equal(0, ((b.X - a.X) * (point.Y - a.Y)) - ((b.Y - a.Y) * (point.X - a.X)), 1e-9);
}
