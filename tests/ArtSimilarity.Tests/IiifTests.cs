using System.Text;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class IiifTests
{
    private const string Version2 = "http://iiif.io/api/image/2/context.json", Version3 = "http://iiif.io/api/image/3/context.json";

    [Theory]
    [InlineData(Version2, "\"profile\": [\"http://iiif.io/api/image/2/level1.json\"]", 224, 224, "299,")] // 4000×3000: 298.67 → 299
    [InlineData(Version3, "\"profile\": \"level2\"", 400, 100, "400,")]
    [InlineData(Version3, "\"profile\": \"level1\"", 5000, 100, "max")]
    [InlineData(Version2, "\"profile\": []", 4000, 3000, "full")]
    [InlineData(Version2, "\"profile\": [\"http://iiif.io/api/image/2/level2.json\", { \"maxWidth\": 200 }]", 224, 224, "max")]
    [InlineData(Version3, "\"maxWidth\": 200", 224, 224, "max")]
    [InlineData(Version3, "\"profile\": \"level0\", \"sizes\": [{ \"width\": 1000, \"height\": 750 }, { \"width\": 250, \"height\": 187 }, { \"width\": 500, \"height\": 375 }]", 224, 224, "500,375")]
    [InlineData(Version2, "\"profile\": [\"http://iiif.io/api/image/2/level0.json\"], \"sizes\": [{ \"width\": 500, \"height\": 375 }]", 224, 224, "500,")]
    [InlineData(Version2, "\"profile\": [\"http://iiif.io/api/image/2/level0.json\"], \"sizes\": [{ \"width\": 100, \"height\": 75 }]", 224, 224, "full")]
    [InlineData(Version3, "\"profile\": \"level0\"", 224, 224, "max")]
    public void The_smallest_size_that_covers_is_asked_for(string context, string more, int width, int height, string expected)
    {
        IiifInformation information = Parse($$"""{ "@context": "{{context}}", "width": 4000, "height": 3000, {{more}} }""");
        Assert.Equal(expected, IiifSizeChoice.Choose(information, new ImageSize(width, height)));
        Assert.Equal(context == Version3 ? "max" : "full", IiifSizeChoice.Choose(information, null));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{ "@context": "http://library.stanford.edu/iiif/image-api/1.1/context.json", "width": 10, "height": 10 }""")]
    [InlineData("""{ "@context": "http://iiif.io/api/image/2/context.json", "width": 10 }""")]
    [InlineData("""{ "@context": "http://iiif.io/api/image/2/context.json", "width": 0, "height": 10 }""")]
    [InlineData("""{ "@context": "http://iiif.io/api/image/2/context.json", "width": "10", "height": 10 }""")]
    public void What_is_no_information_is_refused(string json) => Assert.Throws<FormatException>(() => Parse(json));

    [Theory]
    [InlineData("https://a.org/iiif/x%2Fy/info.json", "https://a.org/iiif/x%2Fy/info.json", "https://a.org/iiif/x%2Fy/full/300,/0/default.jpg")]
    [InlineData("https://a.org/iiif/x/full/max/0/color.png", "https://a.org/iiif/x/info.json", "https://a.org/iiif/x/full/300,/0/color.png")]
    [InlineData("https://a.org/iiif/x/full/full/0/default.jpg", "https://a.org/iiif/x/info.json", "https://a.org/iiif/x/full/300,/0/default.jpg")]
    public void Uris_of_images_are_known(string uri, string information, string sized)
    {
        IiifImageUri image = IiifImageUri.Parse(new Uri(uri))!;
        Assert.Equal(information, image.Information.AbsoluteUri);
        Assert.Equal(sized, image.WithSize("300,").AbsoluteUri);
    }

    [Theory]
    [InlineData("https://a.org/iiif/x/full/600,/0/default.jpg")]
    [InlineData("https://a.org/iiif/x/full/max/90/default.jpg")]
    [InlineData("https://a.org/iiif/x/0,0,10,10/max/0/default.jpg")]
    [InlineData("https://a.org/images/full.jpg")]
    [InlineData("https://a.org/info.json?of=x")]
    public void Other_uris_are_left_as_they_are(string uri) => Assert.Null(IiifImageUri.Parse(new Uri(uri)));

    private static IiifInformation Parse(string json) => IiifInformation.Parse(Encoding.UTF8.GetBytes(json));
}
