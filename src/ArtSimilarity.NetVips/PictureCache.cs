using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ArtSimilarity.Imaging;
using ArtSimilarity.Parallelism;
using NetVips;

namespace ArtSimilarity.NetVips;

/// <summary>
/// Thumbnails, tiles and sheets of thumbnails of a gallery's pictures, each made once and kept as a file. Files are named by the content of the picture.
/// Each is written beside its place and moved there when it is whole. Two requests for one file make it once. Any number of threads may use a cache; two
/// processes may share its folder.
/// </summary>
public sealed class PictureCache : IDisposable
{
    /// <summary>The side of tiles in pixels.</summary>
    public const int TileSize = 512;

    private const int Stripes = 64, TrimsPerCapacity = 20, MaxHashDigits = 128;
    private const string TilePrefix = "t/";

    /// <summary>The end of the name of an empty file beside a sheet that lacks pictures.</summary>
    private const string IncompleteSuffix = ".incomplete";

    private static readonly TimeSpan TouchEvery = TimeSpan.FromHours(1);
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly IImageDecoder _decoder;
    private readonly IImageOpener _opener;
    private readonly PictureCacheOptions _options;
    private readonly string _folder;
    private readonly SemaphoreSlim[] _making = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1))];
    private readonly SemaphoreSlim _decoding;
    private long _written;

    /// <summary>Creates a cache. Its folder is created with its first file.</summary>
    /// <param name="decoder">Decodes the pictures.</param>
    /// <param name="opener">Opens the pictures of works.</param>
    /// <param name="folder">Where the files go; nothing else should lie there.</param>
    /// <param name="options">Room and quality; <see langword="null"/> takes the defaults.</param>
    public PictureCache(IImageDecoder decoder, IImageOpener opener, string folder, PictureCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(opener);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _decoder = decoder;
        _opener = opener;
        _folder = Path.GetFullPath(folder);
        _options = options ?? new PictureCacheOptions();
        _decoding = new SemaphoreSlim(ParallelDegree.Threads(_options.MaxDegreeOfParallelism));
        _written = _options.MaxBytes; // what lies there from before is counted with the first file
    }

    /// <summary>A JPEG of the picture that fits into a square. A smaller picture keeps its size.</summary>
    /// <param name="contentHash">The hash of the picture's content, in hexadecimal digits.</param>
    /// <param name="imageUri">Where the picture is.</param>
    /// <param name="side">The side of the square in pixels, at least 1.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The path of the file.</returns>
    /// <exception cref="ImageDecodeException">The picture cannot be decoded.</exception>
    /// <exception cref="ArgumentException">The hash is none, or the side is below 1.</exception>
    public Task<string> GetThumbnailAsync(string contentHash, string imageUri, int side, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        return GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"thumbnails/{FolderOf(contentHash)}-{side}.jpg"),
            (path, ct) => DecodeAsync(imageUri, new ImageSize(side, side), pixels => File.WriteAllBytes(path, NetVipsImageEncoder.EncodeJpeg(pixels, side, _options.JpegQuality)), ct),
            cancellationToken);
    }

    /// <summary>
    /// The size of the picture in pixels, upright. It makes all tiles of the picture at once, since most formats are read as a whole anyway.
    /// </summary>
    /// <param name="contentHash">The hash of the picture's content, in hexadecimal digits.</param>
    /// <param name="imageUri">Where the picture is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The size.</returns>
    /// <exception cref="ImageDecodeException">The picture cannot be decoded.</exception>
    public async Task<ImageSize> GetSizeAsync(string contentHash, string imageUri, CancellationToken cancellationToken = default)
    {
        byte[] json = await ReadEntryAsync(contentHash, imageUri, "info.json", cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidDataException("The tiles have no description.");
        using var information = JsonDocument.Parse(json);
        return new ImageSize(information.RootElement.GetProperty("width").GetInt32(), information.RootElement.GetProperty("height").GetInt32());
    }

    /// <summary>A tile of the picture, in the layout of the IIIF Image API 3: <c>region/size/0/default.jpg</c>.</summary>
    /// <param name="contentHash">The hash of the picture's content, in hexadecimal digits.</param>
    /// <param name="imageUri">Where the picture is.</param>
    /// <param name="region">The region, <c>x,y,width,height</c> in pixels of the picture, or <c>full</c>.</param>
    /// <param name="size">The size of the tile, <c>width,height</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A JPEG; <see langword="null"/> where there is no such tile. There are those of <see cref="TileSize"/> pixels, at scales of powers of two.</returns>
    /// <exception cref="ImageDecodeException">The picture cannot be decoded.</exception>
    public async Task<byte[]?> GetTileAsync(string contentHash, string imageUri, string region, string size, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(region);
        ArgumentNullException.ThrowIfNull(size);
        if (await ReadEntryAsync(contentHash, imageUri, $"{region}/{size}/0/default.jpg", cancellationToken).ConfigureAwait(false) is byte[] tile)
        {
            return tile;
        }

        // libvips calls the whole picture "full".
        ImageSize whole = await GetSizeAsync(contentHash, imageUri, cancellationToken).ConfigureAwait(false);
        return region == string.Create(CultureInfo.InvariantCulture, $"0,0,{whole.Width},{whole.Height}")
            ? await ReadEntryAsync(contentHash, imageUri, $"full/{size}/0/default.jpg", cancellationToken).ConfigureAwait(false)
            : null;
    }

    /// <summary>
    /// Thumbnails side by side, each the square middle of its picture. Where a picture is missing or cannot be decoded, the cell is grey. Such a sheet is made
    /// anew when it is asked for <see cref="PictureCacheOptions.RetryAfter"/> later, for the pictures may have been out of reach only for a while.
    /// </summary>
    /// <param name="pictures">The hashes and addresses of the pictures; <see langword="null"/> leaves a cell empty.</param>
    /// <param name="cell">The side of a cell in pixels, at least 1.</param>
    /// <param name="columns">How many cells a row has, at least 1.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The path of a JPEG.</returns>
    public Task<string> GetSheetAsync(
        IReadOnlyList<(string ContentHash, string ImageUri)?> pictures, int cell, int columns, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfLessThan(cell, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        string content = string.Join('|', pictures.Select(picture => picture?.ContentHash));
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        string file = string.Create(CultureInfo.InvariantCulture, $"sheets/{name}-{cell}-{columns}.jpg"), incomplete = Path.Combine(_folder, file + IncompleteSuffix);
        return GetAsync(
            file,
            async (path, ct) =>
            {
                if (await TryMakeSheetAsync(pictures, cell, columns, path, ct).ConfigureAwait(false))
                {
                    File.Delete(incomplete);
                }
                else
                {
                    await File.WriteAllBytesAsync(incomplete, [], ct).ConfigureAwait(false);
                }
            },
            cancellationToken,
            () => File.Exists(incomplete) && DateTime.UtcNow - File.GetLastWriteTimeUtc(incomplete) >= _options.RetryAfter);
    }

    /// <summary>Frees what waits. The files stay.</summary>
    public void Dispose()
    {
        _decoding.Dispose();
        Array.ForEach(_making, stripe => stripe.Dispose());
    }

    private async Task<byte[]?> ReadEntryAsync(string contentHash, string imageUri, string entry, CancellationToken cancellationToken)
    {
        string tiles = await GetAsync(
            $"tiles/{FolderOf(contentHash)}.zip",
            (path, ct) => DecodeAsync(imageUri, null, pixels =>
            {
                using Image image = NetVipsImageEncoder.ToImage(pixels);
                File.WriteAllBytes(path, image.DzsaveBuffer(
                    imagename: "t", layout: Enums.ForeignDzLayout.Iiif3, tileSize: TileSize, overlap: 0, suffix: string.Create(CultureInfo.InvariantCulture, $".jpg[Q={_options.JpegQuality}]"), container: Enums.ForeignDzContainer.Zip, keep: Enums.ForeignKeep.None));
            }, ct),
            cancellationToken).ConfigureAwait(false);
        using ZipArchive archive = await ZipFile.OpenReadAsync(tiles, cancellationToken).ConfigureAwait(false);
        if (archive.GetEntry(TilePrefix + entry) is not ZipArchiveEntry found)
        {
            return null;
        }

        using Stream stream = await found.OpenAsync(cancellationToken).ConfigureAwait(false);
        byte[] bytes = new byte[found.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    /// <returns>Whether all pictures are on it.</returns>
    private async Task<bool> TryMakeSheetAsync(IReadOnlyList<(string ContentHash, string ImageUri)?> pictures, int cell, int columns, string path, CancellationToken cancellationToken)
    {
        int rows = Math.Max(1, (pictures.Count + columns - 1) / columns);
        using var sheet = new RgbImage(columns * cell, rows * cell);
        sheet.Pixels.Fill(128);
        bool isComplete = true;
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = ParallelDegree.Threads(_options.MaxDegreeOfParallelism) };
        await Parallel.ForEachAsync(Enumerable.Range(0, pictures.Count), parallel, async (i, ct) =>
        {
            if (pictures[i] is not (_, string imageUri))
            {
                return;
            }

            try
            {
                await DecodeAsync(imageUri, new ImageSize(cell, cell), pixels =>
                {
                    double side = Math.Min(pixels.Width, pixels.Height), width = side / pixels.Width, height = side / pixels.Height;
                    using RgbImage small = ImageResampler.Resize(pixels, new ImageSize(cell, cell), new ImageRegion((1 - width) / 2, (1 - height) / 2, width, height));
                    for (int row = 0; row < cell; row++)
                    {
                        int at = ((i / columns * cell) + row) * sheet.Width;
                        small.Pixels.Slice(row * cell * 3, cell * 3).CopyTo(sheet.Pixels[((at + (i % columns * cell)) * 3)..]);
                    }
                }, ct).ConfigureAwait(false);
            }
            catch (ImageDecodeException)
            {
                Volatile.Write(ref isComplete, false); // the cell stays grey
            }
        }).ConfigureAwait(false);
        await File.WriteAllBytesAsync(path, NetVipsImageEncoder.EncodeJpeg(sheet, null, _options.JpegQuality), cancellationToken).ConfigureAwait(false);
        return isComplete;
    }

    /// <summary>Decodes a picture when there is a place, and uses its pixels.</summary>
    private async Task DecodeAsync(string imageUri, ImageSize? size, Action<RgbImage> use, CancellationToken cancellationToken)
    {
        ImageSource source = await _opener.OpenAsync(imageUri, size, cancellationToken).ConfigureAwait(false);
        await _decoding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // On a thread of its own turn: decoders compute on the thread that calls them.
            await Task.Run(
                async () =>
                {
                    using RgbImage pixels = await _decoder.DecodeAsync(source, size, null, cancellationToken).ConfigureAwait(false);
                    use(pixels);
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _decoding.Release();
        }
    }

    private async Task<string> GetAsync(string name, Func<string, CancellationToken, Task> make, CancellationToken cancellationToken, Func<bool>? isStale = null)
    {
        string path = Path.Combine(_folder, name);
        if (!File.Exists(path) || isStale?.Invoke() == true)
        {
            SemaphoreSlim stripe = _making[(uint)StringComparer.Ordinal.GetHashCode(name) % Stripes];
            await stripe.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (!File.Exists(path) || isStale?.Invoke() == true)
                {
                    await MakeAsync(path, make, cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                stripe.Release();
            }
        }
        else if (DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > TouchEvery)
        {
            try
            {
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow); // by which the longest unused are known
            }
            catch (Exception e) when (e is FileNotFoundException or UnauthorizedAccessException)
            {
                // It was deleted a moment ago, or belongs to another user.
            }
        }

        return path;
    }

    private async Task MakeAsync(string path, Func<string, CancellationToken, Task> make, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string unfinished = $"{path}.{Guid.NewGuid():n}";
        try
        {
            await make(unfinished, cancellationToken).ConfigureAwait(false);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }

        if (Interlocked.Add(ref _written, new FileInfo(path).Length) > _options.MaxBytes / TrimsPerCapacity)
        {
            Interlocked.Exchange(ref _written, 0);
            Trim(path);
        }
    }

    /// <summary>Deletes the longest unused files, so that there is room for what is written until the next time.</summary>
    /// <param name="kept">The file that was just made, which its caller is about to read.</param>
    private void Trim(string kept)
    {
        long room = _options.MaxBytes - (_options.MaxBytes / TrimsPerCapacity) - new FileInfo(kept).Length;
        foreach (FileInfo file in new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderByDescending(file => file.LastWriteTimeUtc))
        {
            if (file.FullName == kept || file.Name.EndsWith(IncompleteSuffix, StringComparison.Ordinal))
            {
                continue;
            }

            try
            {
                room -= file.Length;
                if (room < 0)
                {
                    file.Delete();
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is being read, or another process has deleted it: the next time will do.
            }
        }
    }

    /// <summary>Two digits as a folder, so that no folder gets too long, and the hash.</summary>
    private static string FolderOf(string contentHash)
    {
        ArgumentException.ThrowIfNullOrEmpty(contentHash);
        return contentHash.Length is >= 2 and <= MaxHashDigits && !contentHash.AsSpan().ContainsAnyExcept(HexDigits)
            ? $"{contentHash[..2]}/{contentHash}"
            : throw new ArgumentException("A hash is written in hexadecimal digits.", nameof(contentHash));
    }
}
