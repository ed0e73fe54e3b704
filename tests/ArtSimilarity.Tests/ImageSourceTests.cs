using ArtSimilarity.Conformance;
using ArtSimilarity.Imaging;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class ImageSourceTests
{
    [Theory]
    [InlineData("pipe", "the image is not a regular file, but a pipe, a socket or a device")]
    [InlineData("device", "the image is not a regular file, but a pipe, a socket or a device")]
    [InlineData("folder", "the image is not a regular file, but a folder")]
    public async Task What_is_no_file_is_refused_at_once(string kind, string expected)
    {
        string folder = Directory.CreateTempSubdirectory("artsimilarity-").FullName, path = Path.Combine(folder, "a.png");
        try
        {
            await SpecialFile.MakeAsync(kind, path, TestContext.Current.CancellationToken);
            var e = await Assert.ThrowsAsync<ImageDecodeException>(
                () => Task.Run(() => ImageSource.FromFile(path).ReadBytes(), TestContext.Current.CancellationToken).WaitAsync(SpecialFile.Patience, TestContext.Current.CancellationToken));
            Assert.Equal(ImageDecodeError.Unreadable, e.Error);
            Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
