using System.Text;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class IiifManifestTests
{
    private const string V3 = """{"type":"Manifest","items":[{"items":[{"items":[{"body":BODY}]}]}]}""";
    private const string V2 = """{"@type":"sc:Manifest","sequences":[{"canvases":[{"images":[{"resource":BODY}]}]}]}""";

    [Theory]
    [InlineData(V3, """{"id":"https://a.org/x.jpg","service":[{"id":"https://a.org/iiif/x"},{"id":"https://a.org/other"}]}""", "https://a.org/iiif/x/info.json")]
    [InlineData(V3, """{"id":"https://a.org/x.jpg","service":{"@id":"https://a.org/iiif/x/","@type":"ImageService2"}}""", "https://a.org/iiif/x/info.json")]
    [InlineData(V3, """[{"id":"http://a.org/x.jpg"}]""", "http://a.org/x.jpg")]
    [InlineData(V3, """{"id":"http://a.org/x.jpg","service":[]}""", "http://a.org/x.jpg")]
    [InlineData(V3, """{"id":"http://a.org/x.jpg","service":7}""", "http://a.org/x.jpg")]
    [InlineData(V3, """{"type":"Choice","items":[{"id":"http://a.org/1.jpg"},{"id":"http://a.org/2.jpg"}]}""", "http://a.org/1.jpg")]
    [InlineData(V2, """{"@id":"https://a.org/x.jpg","service":{"@id":"https://a.org/iiif/x"}}""", "https://a.org/iiif/x/info.json")]
    [InlineData(V2, """{"@id":"https://a.org/x.jpg"}""", "https://a.org/x.jpg")]
    [InlineData(V2, """{"@type":"oa:Choice","default":{"@id":"https://a.org/x.jpg","service":{"@id":"https://a.org/i"}},"item":[]}""", "https://a.org/i/info.json")]
    public void The_first_picture_is_found_in_both_versions(string manifest, string body, string address)
    {
        byte[] json = Encoding.UTF8.GetBytes(manifest.Replace("BODY", body, StringComparison.Ordinal));
        Assert.Equal(address, IiifManifest.FindFirstImage(json).AbsoluteUri);
        Assert.Equal(address, IiifManifest.FindFirstImage((byte[])[0xEF, 0xBB, 0xBF, .. json]).AbsoluteUri);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"items":{}}""")]
    [InlineData("""{"items":[7]}""")]
    [InlineData("""{"items":"x","sequences":true}""")]
    [InlineData("""{"items":[{"items":[{"items":[{"body":"https://a.org/x.jpg"}]}]}]}""")]
    [InlineData("""{"items":[{"items":[{"items":[{"body":{"id":7}}]}]}]}""")]
    [InlineData("""{"items":[{"items":[{"items":[{"body":{"id":"x.jpg"}}]}]}]}""")]
    [InlineData("""{"items":[{"items":[{"items":[{"body":{"id":"/etc/passwd"}}]}]}]}""")]
    [InlineData("""{"items":[{"items":[{"items":[{"body":{"id":"file:///etc/passwd"}}]}]}]}""")]
    [InlineData("""{"items":[{"items":[{"items":[{"body":{"id":"https://a.org/x.jpg","service":{"id":"/etc"}}}]}]}]}""")]
    [InlineData("""{"items":[{"items":[{"items":[{"body":{"id":"\uD800"}}]}]}]}""")]
    [InlineData("""{"items":[{"items":[{"items":[{"body":{"\uD800":1,"\u0069d":"\uDC00"}}]}]}]}""")]
    public void Anything_else_is_refused_in_one_way(string json) => Assert.Throws<FormatException>(() => IiifManifest.FindFirstImage(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Deep_nesting_and_what_is_no_Unicode_are_refused_in_the_same_way()
    {
        foreach (string open in (string[])["[", "{\"items\":", "{\"items\":["])
        {
            Assert.Throws<FormatException>(() => IiifManifest.FindFirstImage(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(open, 10_000)))));
        }

        byte[] json = Encoding.UTF8.GetBytes(V3.Replace("BODY", """{"id":"https://a.org/?.jpg"}""", StringComparison.Ordinal));
        json[Array.IndexOf(json, (byte)'?')] = 0xFF;
        Assert.Throws<FormatException>(() => IiifManifest.FindFirstImage(json));
    }

    [Fact]
    public void Damaged_manifests_are_read_or_refused_and_nothing_else()
    {
        byte[] json = Encoding.UTF8.GetBytes(V3.Replace("BODY", """{"id":"https://a.org/\u00e4.jpg","service":[{"id":"https://a.org/iiif/x"}]}""", StringComparison.Ordinal));
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. json];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.StartsWith("http", IiifManifest.FindFirstImage(damaged).Scheme, StringComparison.Ordinal);
            }
            catch (FormatException)
            {
                // As it should be.
            }
        }
    }
}
