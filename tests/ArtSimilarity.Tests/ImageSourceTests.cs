using System.Runtime.InteropServices;
using ArtSimilarity.Imaging;
using ArtSimilarity.TestSupport;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.Tests;

public sealed class ImageSourceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

    [Theory]
    [InlineData(1, 1)]
    [InlineData(81_920, 81_920)]
    [InlineData(81_921, 81_921)]
    [InlineData(500_000, 1_000_000)]
    public async Task A_stream_of_unknown_length_is_read_whole_several_times(int length, int maxBytes)
    {
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        List<FailingStream> opened = [];
        var source = ImageSource.FromStream(Open, "upload");
        for (int i = 1; i <= 3; i++)
        {
            ReadOnlyMemory<byte> read = await source.ReadBytesAsync(maxBytes, Token);
            Assert.True(read.Span.SequenceEqual(bytes));
            Assert.True(MemoryMarshal.TryGetArray(read, out ArraySegment<byte> kept));
            Assert.Equal(length, kept.Array!.Length); // what keeps an image keeps no more memory than that
            Assert.Equal(i, opened.Count);
        }

        Assert.All(opened, stream => Assert.True(stream.IsDisposed));
        Assert.Null(source.Path);

        async ValueTask<Stream> Open(CancellationToken cancellationToken)
        {
            await Task.Yield();
            opened.Add(new FailingStream(bytes, bytes.Length));
            return opened[^1];
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100_000)]
    public async Task A_stream_without_end_is_read_only_as_far_as_allowed(int maxBytes)
    {
        var stream = FailingStream.Endless();
        var e = await Assert.ThrowsAsync<ImageDecodeException>(() => ImageSource.FromStream(_ => new(stream), "endless").ReadBytesAsync(maxBytes, Token).AsTask());
        Assert.Equal((ImageDecodeError.LimitExceeded, "endless"), (e.Error, e.ImageName));
        Assert.Equal(maxBytes + 1, stream.BytesRead);
        Assert.True(stream.IsDisposed);
    }

    [Fact]
    public async Task A_stream_that_fails_or_is_not_there_names_the_image()
    {
        var broken = new FailingStream(new byte[100], 40);
        (Func<CancellationToken, ValueTask<Stream>> Open, string Reason)[] cases =
        [
            (_ => new(broken), "the line is cut"),
            (_ => throw new InvalidOperationException("the archive is closed"), "the archive is closed"),
            (_ => throw new TaskCanceledException("the server took too long"), "the server took too long"),
            (_ => ValueTask.FromException<Stream>(new UnauthorizedAccessException("no entry")), "no entry"),
            (_ => new((Stream)null!), "null was given"),
            (_ => new(new MemoryStream()), "0 bytes"),
        ];
        foreach ((Func<CancellationToken, ValueTask<Stream>> open, string reason) in cases)
        {
            var e = await Assert.ThrowsAsync<ImageDecodeException>(() => ImageSource.FromStream(open, "upload").ReadBytesAsync(cancellationToken: Token).AsTask());
            Assert.Equal((ImageDecodeError.Unreadable, "upload"), (e.Error, e.ImageName));
            Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
        }

        Assert.True(broken.IsDisposed);
        var once = await Assert.ThrowsAsync<ImageDecodeException>(() => ImageSource.FromStreamAsync(new FailingStream(new byte[100], 40), "input", cancellationToken: Token));
        Assert.Equal((ImageDecodeError.Unreadable, "input"), (once.Error, once.ImageName));
    }

    [Fact]
    public async Task A_cancelled_reading_is_cancelled_and_its_stream_disposed_of()
    {
        using var stop = new CancellationTokenSource();
        var stream = new SilentStream();
        ValueTask<ReadOnlyMemory<byte>> reading = ImageSource.FromStream(_ => new(stream)).ReadBytesAsync(cancellationToken: stop.Token);
        Assert.False(reading.IsCompleted);
        await stop.CancelAsync();
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.AsTask());
        Assert.Equal(stop.Token, e.CancellationToken);
        Assert.False(stream.CanRead);
    }

    [Fact]
    public void A_stream_is_not_read_by_blocking() =>
        Assert.Throws<NotSupportedException>(() => ImageSource.FromStream(_ => new(new MemoryStream([1]))).ReadBytes());

    [Fact]
    public async Task A_file_and_bytes_are_read_the_same_either_way()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        File.WriteAllBytes(folder["a.png"], bytes);
        foreach (ImageSource source in new[] { ImageSource.FromFile(folder["a.png"]), ImageSource.FromBytes(bytes) })
        {
            Assert.Equal(bytes, source.ReadBytes().ToArray());
            Assert.Equal(bytes, (await source.ReadBytesAsync(200, Token)).ToArray());
            Assert.Equal(ImageDecodeError.LimitExceeded, (await Assert.ThrowsAsync<ImageDecodeException>(async () => await source.ReadBytesAsync(199, Token))).Error);
        }

        var missing = await Assert.ThrowsAsync<ImageDecodeException>(async () => await ImageSource.FromFile(folder["b.png"]).ReadBytesAsync(cancellationToken: Token));
        Assert.Equal((ImageDecodeError.Unreadable, folder["b.png"]), (missing.Error, missing.ImageName));
    }

    /// <summary>Never has a byte to read.</summary>
    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
