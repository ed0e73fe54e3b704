using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Tests;

public class ImageRegionTests
{
    [Theory]
    [InlineData(-0.1, 0, 0.5, 0.5)]
    [InlineData(0, 0, 0, 0.5)]
    [InlineData(0.6, 0, 0.5, 0.5)]
    [InlineData(double.NaN, 0, 0.5, 0.5)]
    public void A_rectangle_outside_the_image_is_refused(double x, double y, double width, double height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageRegion(x, y, width, height));

    [Fact]
    public void Pixels_are_never_an_empty_rectangle() =>
        Assert.Equal((9, 0, 1, 1), new ImageRegion(0.99, 0, 0.001, 0.001).ToPixels(new ImageSize(10, 10)));

    [Fact]
    public void Text_is_read_whatever_the_culture() =>
        Assert.Equal(new ImageRegion(0.25, 0, 0.5, 0.75), ImageRegion.Parse("0.25, 0,0.5,0.75"));

    [Fact]
    public void Text_that_is_no_region_is_refused_with_the_text() =>
        Assert.Contains("1;2", Assert.Throws<FormatException>(() => ImageRegion.Parse("1;2")).Message, StringComparison.Ordinal);
}
