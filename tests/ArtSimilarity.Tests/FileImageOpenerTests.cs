using ArtSimilarity.Imaging;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class FileImageOpenerTests
{
    private readonly FileImageOpener _opener = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Paths_and_file_uris_are_opened()
    {
        using var folder = new TemporaryFolder();
        string path = folder["a picture #1.png"];
        File.WriteAllBytes(path, [1, 2, 3]);
        foreach (string uri in new[] { path, new Uri(path).AbsoluteUri, Path.GetRelativePath(Environment.CurrentDirectory, path) })
        {
            ImageSource source = await _opener.OpenAsync(uri, new ImageSize(5, 5), Token);
            Assert.Equal([1, 2, 3], source.ReadBytes().ToArray());
        }
    }

    [Theory]
    [InlineData("http://example.org/a.jpg", "AddHttpImageOpener")]
    [InlineData("HTTPS://example.org/a.jpg", "AddHttpImageOpener")]
    [InlineData("ftp://example.org/a.jpg", "'ftp' is another scheme")]
    [InlineData("file://server/share/a.jpg", "no file of this machine")]
    public async Task Other_places_are_refused(string uri, string reason)
    {
        var e = await Assert.ThrowsAsync<ImageDecodeException>(async () => await _opener.OpenAsync(uri, null, Token));
        Assert.Equal((ImageDecodeError.Refused, uri), (e.Error, e.ImageName));
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
    }
}
