using System.Text.Json;
using ArtSimilarity.Exporting;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Tests.Exporting;

/// <summary>By what https://iiif.io/api/presentation/3.0/ says that a document must have.</summary>
public sealed class IiifPresentationTests
{
    private static readonly IiifWork Work = new(
        new Painting("k&1") { Title = "The \"Basket\"", Artists = ["Paul", "Émile"], Date = PaintingDate.Parse("c. 1893"), Fields = PaintingFields.Of(("museum", "M")) },
        new Uri("https://example.org/iiif/manifest?key=k%261"))
    {
        Thumbnail = new Uri("https://example.org/thumb.jpg"), ImageService = new Uri("https://example.org/iiif/image/abc"), Note = "Seen",
    };

    [Fact]
    public void A_collection_has_what_it_must_have()
    {
        using JsonDocument document = JsonDocument.Parse(IiifPresentation.WriteCollection(
            new Uri("https://example.org/collection?q=ä"), "All", [Work, new IiifWork(new Painting("bare"), new Uri("https://example.org/2"))]));
        JsonElement root = document.RootElement;
        Assert.Equal("http://iiif.io/api/presentation/3/context.json", root.EnumerateObject().First().Value.GetString());
        Assert.Equal(("Collection", "https://example.org/collection?q=%C3%A4"), (TextOf(root, "type"), TextOf(root, "id")));
        Assert.Equal("All", Label(root.GetProperty("label")));
        JsonElement[] items = [.. root.GetProperty("items").EnumerateArray()];
        Assert.Equal([("Manifest", Work.Manifest.AbsoluteUri, "The \"Basket\""), ("Manifest", "https://example.org/2", "bare")], items.Select(item => (TextOf(item, "type"), TextOf(item, "id"), Label(item.GetProperty("label")))));
        Assert.Equal("Seen", Label(items[0].GetProperty("summary")));
        Assert.Equal("Image", TextOf(items[0].GetProperty("thumbnail")[0], "type"));
        Assert.False(items[1].TryGetProperty("thumbnail", out _) || items[1].TryGetProperty("summary", out _));
        using JsonDocument empty = JsonDocument.Parse(IiifPresentation.WriteCollection(new Uri("https://example.org/"), "", []));
        Assert.Equal(0, empty.RootElement.GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("https://example.org/iiif/manifest?key=k%261")]
    [InlineData("https://example.org/works/1/manifest.json")]
    public void A_manifest_has_what_it_must_have_and_its_picture_is_found(string id)
    {
        string json = IiifPresentation.WriteManifest(Work with { Manifest = new Uri(id) }, new ImageSize(640, 480));
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        Assert.Equal("http://iiif.io/api/presentation/3/context.json", root.EnumerateObject().First().Value.GetString());
        Assert.Equal((id, "Manifest", "The \"Basket\""), (TextOf(root, "id"), TextOf(root, "type"), Label(root.GetProperty("label"))));
        Assert.Equal(
            [("Artist", "Paul|Émile"), ("Date", "c. 1893"), ("museum", "M")],
            root.GetProperty("metadata").EnumerateArray().Select(entry => (Label(entry.GetProperty("label")), Label(entry.GetProperty("value")))));
        JsonElement canvas = Assert.Single(root.GetProperty("items").EnumerateArray()), page = Assert.Single(canvas.GetProperty("items").EnumerateArray());
        JsonElement annotation = Assert.Single(page.GetProperty("items").EnumerateArray()), body = annotation.GetProperty("body");
        Assert.Equal(["Canvas", "AnnotationPage", "Annotation", "Image"], ((JsonElement[])[canvas, page, annotation, body]).Select(element => TextOf(element, "type")));
        string[] ids = [id, TextOf(canvas, "id"), TextOf(page, "id"), TextOf(annotation, "id"), TextOf(body, "id")];
        Assert.Equal(5, ids.Distinct().Count());
        Assert.All(ids, address => Assert.Empty(new Uri(address).Fragment));
        Assert.Equal(("painting", TextOf(canvas, "id")), (TextOf(annotation, "motivation"), TextOf(annotation, "target")));
        foreach (JsonElement sized in (JsonElement[])[canvas, body])
        {
            Assert.Equal((640, 480), (sized.GetProperty("width").GetInt32(), sized.GetProperty("height").GetInt32()));
        }

        JsonElement service = Assert.Single(body.GetProperty("service").EnumerateArray());
        Assert.Equal(("ImageService3", "level0", "https://example.org/iiif/image/abc"), (TextOf(service, "type"), TextOf(service, "profile"), TextOf(service, "id")));
        Assert.Equal("https://example.org/iiif/image/abc/info.json", IiifManifest.FindFirstImage(System.Text.Encoding.UTF8.GetBytes(json)).AbsoluteUri);
    }

    [Fact]
    public void A_work_without_an_image_service_has_no_manifest() =>
        Assert.Throws<ArgumentException>(() => IiifPresentation.WriteManifest(Work with { ImageService = null }, new ImageSize(1, 1)));

    private static string TextOf(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    /// <summary>A language map: languages with lists of texts.</summary>
    private static string Label(JsonElement map) => string.Join('|', Assert.Single(map.EnumerateObject()).Value.EnumerateArray().Select(text => text.GetString()));
}
