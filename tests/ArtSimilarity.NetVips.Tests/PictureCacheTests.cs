using System.Collections.Concurrent;
using System.Globalization;
using ArtSimilarity.Imaging;
using ArtSimilarity.Testing;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

public sealed class PictureCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CountingDecoder _decoder = new();
    private readonly NetVipsImageDecoder _reader = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string CacheFolder => _folder["cache"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("900x300", 200, 200, 67)]
    [InlineData("300x900", 200, 67, 200)]
    [InlineData("1200x2", 100, 100, 1)]
    [InlineData("64x48", 200, 64, 48)]
    public async Task A_thumbnail_fits_and_a_small_picture_keeps_its_size(string picture, int side, int width, int height)
    {
        using PictureCache cache = Cache();
        string path = await cache.GetThumbnailAsync("ab12", Picture(picture), side, Cancellation);
        Assert.StartsWith(CacheFolder, path, StringComparison.Ordinal);
        using RgbImage thumbnail = await _reader.DecodeAsync(ImageSource.FromFile(path), null, null, Cancellation);
        Assert.Equal(new ImageSize(width, height), thumbnail.Size);
        Assert.Equal(path, await cache.GetThumbnailAsync("ab12", Picture(picture), side, Cancellation));
        using PictureCache later = Cache();
        Assert.Equal(path, await later.GetThumbnailAsync("ab12", Picture(picture), side, Cancellation));
        Assert.Equal(1, _decoder.Calls);
    }

    [Fact]
    public async Task Twenty_callers_at_once_make_a_file_once()
    {
        using PictureCache cache = Cache();
        string uri = Picture("200x100");
        string[] paths = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => cache.GetThumbnailAsync("ab12", uri, 50, Cancellation), Cancellation)));
        Assert.Single(paths.Distinct());
        Assert.Equal(1, _decoder.Calls);
        ImageSize[] sizes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => cache.GetSizeAsync("ab12", uri, Cancellation), Cancellation)));
        Assert.All(sizes, size => Assert.Equal(new ImageSize(200, 100), size));
        Assert.Equal(2, _decoder.Calls);
        Assert.Equal(2, Files().Length);
    }

    [Fact]
    public async Task No_more_pictures_are_decoded_at_a_time_than_the_options_say()
    {
        using PictureCache cache = Cache(new PictureCacheOptions { MaxDegreeOfParallelism = 2 });
        await Task.WhenAll(Enumerable.Range(10, 30).Select(i => cache.GetThumbnailAsync($"{i}", Picture("40x40"), 20, Cancellation)));
        Assert.Equal(30, _decoder.Calls);
        Assert.InRange(_decoder.MostAtOnce, 1, 2);
    }

    [Fact]
    public async Task A_picture_that_cannot_be_decoded_leaves_no_file_and_is_tried_again()
    {
        using PictureCache cache = Cache();
        File.WriteAllText(_folder["bad.png"], "no picture");
        for (int attempt = 1; attempt <= 2; attempt++)
        {
            await Assert.ThrowsAsync<ImageDecodeException>(() => cache.GetThumbnailAsync("ab12", _folder["bad.png"], 50, Cancellation));
            await Assert.ThrowsAsync<ImageDecodeException>(() => cache.GetSizeAsync("ab12", _folder["bad.png"], Cancellation));
            await Assert.ThrowsAsync<ImageDecodeException>(() => cache.GetThumbnailAsync("ab12", _folder["none.png"], 50, Cancellation));
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cache.GetThumbnailAsync("ab12", Picture("9x9"), 50, new CancellationToken(canceled: true)));
        Assert.Empty(Files());
        Assert.True(File.Exists(await cache.GetThumbnailAsync("ab12", Picture("9x9"), 50, Cancellation)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("xyz")]
    [InlineData("../../etc/passwd")]
    [InlineData("ab/../../ab")]
    [InlineData("ab\0cd")]
    public async Task A_hash_that_is_none_is_refused(string hash)
    {
        using PictureCache cache = Cache();
        foreach (string wrong in (string[])[hash, hash + new string('a', 200)])
        {
            if (wrong.Length < 100 || !wrong.All(char.IsAsciiHexDigit) || wrong.Length > 128)
            {
                await Assert.ThrowsAsync<ArgumentException>(async () => await cache.GetThumbnailAsync(wrong, Picture("9x9"), 50, Cancellation));
                await Assert.ThrowsAsync<ArgumentException>(async () => await cache.GetSizeAsync(wrong, Picture("9x9"), Cancellation));
                await Assert.ThrowsAsync<ArgumentException>(async () => await cache.GetTileAsync(wrong, Picture("9x9"), "full", "max", Cancellation));
            }
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await cache.GetThumbnailAsync("ab12", Picture("9x9"), 0, Cancellation));
        Assert.Equal(0, _decoder.Calls);
        Assert.Empty(Files());
    }

    [Theory]
    [InlineData(1300, 700)]
    [InlineData(512, 512)]
    [InlineData(513, 3)]
    [InlineData(40, 30)]
    public async Task Tiles_of_every_scale_cover_the_picture_and_others_are_none(int width, int height)
    {
        using PictureCache cache = Cache();
        string uri = Picture($"{width}x{height}");
        Assert.Equal(new ImageSize(width, height), await cache.GetSizeAsync("ab12", uri, Cancellation));
        int levels = 1 + (int)Math.Ceiling(Math.Log2(Math.Max(1, Math.Max(width, height) / (double)PictureCache.TileSize)));
        for (int scale = 1; scale < 1 << levels; scale *= 2)
        {
            int step = PictureCache.TileSize * scale;
            for (int y = 0; y < height; y += step)
            {
                for (int x = 0; x < width; x += step)
                {
                    int w = Math.Min(step, width - x), h = Math.Min(step, height - y);
                    var tileSize = new ImageSize((w + scale - 1) / scale, (h + scale - 1) / scale);
                    string region = (w, h) == (width, height) ? "full" : $"{x},{y},{w},{h}";
                    byte[]? jpeg = await cache.GetTileAsync("ab12", uri, region, $"{tileSize.Width},{tileSize.Height}", Cancellation);
                    Assert.True(jpeg is not null, $"{region}/{tileSize.Width},{tileSize.Height}");
                    using RgbImage tile = await _reader.DecodeAsync(ImageSource.FromBytes(jpeg), null, null, Cancellation);
                    Assert.Equal(tileSize, tile.Size);
                    if (w >= 64 && h >= 64)
                    {
                        (byte red, byte green, _) = SyntheticPng.PixelAt(x + (w / 2), y + (h / 2), width, height);
                        Span<byte> middle = tile.Pixels.Slice(3 * ((tileSize.Height / 2 * tileSize.Width) + (tileSize.Width / 2)), 3);
                        Assert.InRange(middle[0], red - 16, red + 16);
                        Assert.InRange(middle[1], green - 16, green + 16);
                    }
                }
            }
        }

        foreach ((string region, string size) in ((string, string)[])[("1,1,100,100", "100,100"), ("0,0,512,512", "511,512"), ("full", "9999,9999"), ("..", ".."), ("", ""), ("info.json", "")])
        {
            Assert.Null(await cache.GetTileAsync("ab12", uri, region, size, Cancellation));
        }

        Assert.Equal(1, _decoder.Calls);
    }

    [Fact]
    public async Task A_sheet_has_the_middles_of_its_pictures_and_is_grey_where_there_is_none()
    {
        using PictureCache cache = Cache();
        File.WriteAllText(_folder["bad.png"], "no picture");
        (string, string)?[] pictures = [("aa", Solid("red", 255, 0, 0, 90, 30)), null, ("bb", _folder["bad.png"]), ("cc", Solid("blue", 0, 0, 255, 37, 91)), ("dd", Solid("tiny", 0, 255, 0, 3, 2))];
        string path = await cache.GetSheetAsync(pictures, 24, 3, Cancellation);
        using RgbImage sheet = await _reader.DecodeAsync(ImageSource.FromFile(path), null, null, Cancellation);
        Assert.Equal(new ImageSize(72, 48), sheet.Size);
        (int, int, int)[] expected = [(255, 0, 0), (128, 128, 128), (128, 128, 128), (0, 0, 255), (0, 255, 0), (128, 128, 128)];
        for (int cell = 0; cell < expected.Length; cell++)
        {
            foreach ((int dx, int dy) in ((int, int)[])[(12, 12), (8, 8), (15, 15)])
            {
                Span<byte> pixel = sheet.Pixels.Slice(3 * ((((cell / 3 * 24) + dy) * 72) + (cell % 3 * 24) + dx), 3);
                Assert.InRange(pixel[0], expected[cell].Item1 - 12, expected[cell].Item1 + 12);
                Assert.InRange(pixel[1], expected[cell].Item2 - 12, expected[cell].Item2 + 12);
                Assert.InRange(pixel[2], expected[cell].Item3 - 12, expected[cell].Item3 + 12);
            }
        }

        int calls = _decoder.Calls;
        Assert.Equal(path, await cache.GetSheetAsync(pictures, 24, 3, Cancellation));
        Assert.Equal(calls, _decoder.Calls);
        Assert.NotEqual(path, await cache.GetSheetAsync(pictures, 24, 2, Cancellation));
        Assert.NotEqual(path, await cache.GetSheetAsync([.. pictures.Reverse()], 24, 3, Cancellation));
        Assert.True(File.Exists(await cache.GetSheetAsync([], 24, 3, Cancellation)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await cache.GetSheetAsync(pictures, 0, 3, Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await cache.GetSheetAsync(pictures, 1, 0, Cancellation));
    }

    [Fact]
    public async Task A_sheet_that_lacks_a_picture_is_made_anew_later_and_a_whole_one_is_not()
    {
        string late = _folder["late.png"];
        (string, string)?[] pictures = [("aa", Solid("red", 255, 0, 0, 90, 30)), ("bb", late)];
        File.WriteAllText(late, "not yet");
        string path;
        using (PictureCache patient = Cache(new PictureCacheOptions { RetryAfter = TimeSpan.FromHours(1) }))
        {
            path = await patient.GetSheetAsync(pictures, 24, 2, Cancellation);
            File.Copy(Solid("blue", 0, 0, 255, 40, 40), late, overwrite: true);
            Assert.Equal(path, await patient.GetSheetAsync(pictures, 24, 2, Cancellation));
            Assert.InRange(await SecondCellAsync(path), 116, 140);
        }

        using PictureCache cache = Cache(new PictureCacheOptions { RetryAfter = TimeSpan.Zero });
        Assert.Equal(path, await cache.GetSheetAsync(pictures, 24, 2, Cancellation));
        Assert.InRange(await SecondCellAsync(path), 0, 12);
        int calls = _decoder.Calls;
        await cache.GetSheetAsync(pictures, 24, 2, Cancellation);
        Assert.Equal(calls, _decoder.Calls);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PictureCacheOptions { RetryAfter = TimeSpan.FromTicks(-1) });

        // Red is 128 in a grey cell and 0 in a blue one.
        async Task<byte> SecondCellAsync(string file)
        {
            using RgbImage sheet = await _reader.DecodeAsync(ImageSource.FromFile(file), null, null, Cancellation);
            return sheet.Pixels[3 * ((12 * 48) + 36)];
        }
    }

    [Fact]
    public async Task The_files_stay_under_their_limit_and_the_newest_are_kept()
    {
        string uri = Picture("400x400");
        long one;
        using (PictureCache unlimited = Cache())
        {
            one = new FileInfo(await unlimited.GetThumbnailAsync("0000", uri, 200, Cancellation)).Length;
            for (int i = 1; i < 30; i++)
            {
                await unlimited.GetThumbnailAsync($"{i:x4}", uri, 200, Cancellation);
            }
        }

        // What lies there from before counts too.
        long limit = 10 * one;
        using PictureCache cache = Cache(new PictureCacheOptions { MaxBytes = limit });
        for (int i = 30; i < 60; i++)
        {
            string path = await cache.GetThumbnailAsync($"{i:x4}", uri, 200, Cancellation);
            Assert.True(File.Exists(path));
            Assert.InRange(Files().Sum(file => new FileInfo(file).Length), one, limit);
        }

        Assert.InRange(Files().Length, 8, 10);

        // The file just made is there for its caller, however small the limit is.
        using PictureCache tiny = Cache(new PictureCacheOptions { MaxBytes = 1 });
        Assert.Equal([await tiny.GetThumbnailAsync("ffff", uri, 200, Cancellation)], Files());
    }

    [Fact]
    public void Options_outside_their_ranges_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PictureCacheOptions { MaxBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PictureCacheOptions { MaxDegreeOfParallelism = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PictureCacheOptions { JpegQuality = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PictureCacheOptions { JpegQuality = 101 });
    }

    private PictureCache Cache(PictureCacheOptions? options = null) => new(_decoder, new FileImageOpener(), CacheFolder, options);

    private string[] Files() => Directory.Exists(CacheFolder) ? Directory.GetFiles(CacheFolder, "*", SearchOption.AllDirectories) : [];

    private string Picture(string size)
    {
        string path = _folder[size + ".png"];
        if (!File.Exists(path))
        {
            int[] sides = [.. size.Split('x').Select(side => int.Parse(side, CultureInfo.InvariantCulture))];
            File.WriteAllBytes(path, SyntheticPng.Gradient(sides[0], sides[1]));
        }

        return path;
    }

    private string Solid(string name, byte red, byte green, byte blue, int width, int height)
    {
        byte[] row = [0, .. Enumerable.Repeat<byte[]>([red, green, blue], width).SelectMany(pixel => pixel)];
        File.WriteAllBytes(_folder[name], SyntheticPng.Encode(width, height, 8, 2, Enumerable.Repeat(row, height).SelectMany(bytes => bytes).ToArray()));
        return _folder[name];
    }

    private sealed class CountingDecoder : IImageDecoder
    {
        private readonly NetVipsImageDecoder _decoder = new();
        private readonly ConcurrentBag<int> _atOnce = [];
        private int _calls, _now;

        public int Calls => _calls;

        public int MostAtOnce => _atOnce.Max();

        public async ValueTask<RgbImage> DecodeAsync(ImageSource source, ImageSize? minimumSize = null, ImageRegion? region = null, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _calls);
            _atOnce.Add(Interlocked.Increment(ref _now));
            try
            {
                await Task.Yield();
                return await _decoder.DecodeAsync(source, minimumSize, region, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _now);
            }
        }
    }
}
