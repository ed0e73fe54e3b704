using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Imaging;
using NetVips;
using SimArt.Api;
using SimArt.Collections;

namespace SimArt.Pictures;

/// <summary>Thumbnails, tiles for deep zoom and sheets of thumbnails for the map, of the gallery's works.</summary>
internal sealed class WorkPictures(Collection collection, PictureCache cache, Workshop workshop)
{
    public const int TileSize = 512, Cell = 32, SheetColumns = 32, PerSheet = SheetColumns * SheetColumns;

    /// <summary>The sizes that there are; a square that the picture fits into.</summary>
    public static readonly int[] Sizes = [160, 320, 640, 1280];

    /// <summary>A JPEG that fits into a square.</summary>
    public Task<string> ThumbnailAsync(CatalogueWork work, int size, CancellationToken cancellationToken) => cache.GetAsync(
        string.Create(CultureInfo.InvariantCulture, $"thumbnails/{work.ContentHash[..2]}/{work.ContentHash}-{size}.jpg"),
        (path, ct) => MakeAsync(work, new ImageSize(size, size), pixels => File.WriteAllBytes(path, JpegWriter.Fit(pixels, size)), ct),
        cancellationToken);

    /// <summary>The picture's size, and its tiles below: a zip file in the layout of IIIF. All levels are made at once, since a JPEG is read as a whole anyway.</summary>
    public Task<string> TilesAsync(CatalogueWork work, CancellationToken cancellationToken) => cache.GetAsync(
        $"tiles/{work.ContentHash[..2]}/{work.ContentHash}.zip",
        (path, ct) => MakeAsync(work, null, pixels =>
        {
            using Image image = JpegWriter.ToImage(pixels);
            File.WriteAllBytes(path, image.DzsaveBuffer(layout: Enums.ForeignDzLayout.Iiif3, tileSize: TileSize, overlap: 0, suffix: ".jpg[Q=86]", container: Enums.ForeignDzContainer.Zip, imagename: "t", keep: Enums.ForeignKeep.None));
        }, ct),
        cancellationToken);

    /// <summary>Thumbnails side by side, <see cref="SheetColumns"/> in a row, each in a square cell.</summary>
    public Task<string> SheetAsync(IReadOnlyList<CatalogueWork?> works, CancellationToken cancellationToken)
    {
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', works.Select(work => work?.ContentHash)))));
        return cache.GetAsync($"sheets/{name}.jpg", (path, ct) => MakeSheetAsync(works, path, ct), cancellationToken);
    }

    private async Task MakeSheetAsync(IReadOnlyList<CatalogueWork?> works, string path, CancellationToken cancellationToken)
    {
        int rows = (works.Count + SheetColumns - 1) / SheetColumns;
        using var sheet = new RgbImage(SheetColumns * Cell, Math.Max(1, rows) * Cell);
        sheet.Pixels.Fill(0x80);
        await Parallel.ForEachAsync(Enumerable.Range(0, works.Count), new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, async (i, ct) =>
        {
            if (works[i] is not CatalogueWork work)
            {
                return;
            }

            try
            {
                using RgbImage pixels = await DecodeAsync(work, new ImageSize(Cell, Cell), ct);
                // A square from the middle: cells are small, and a map of squares is calmer than one of strips.
                double side = Math.Min(pixels.Width, pixels.Height), width = side / pixels.Width, height = side / pixels.Height;
                using RgbImage cell = ImageResampler.Resize(pixels, new ImageSize(Cell, Cell), new ImageRegion((1 - width) / 2, (1 - height) / 2, width, height));
                Place(cell, sheet, i % SheetColumns * Cell, i / SheetColumns * Cell);
            }
            catch (ImageDecodeException)
            {
                // The cell stays grey.
            }
        });
        await File.WriteAllBytesAsync(path, JpegWriter.Encode(sheet), cancellationToken);
    }

    private static void Place(RgbImage cell, RgbImage sheet, int x, int y)
    {
        for (int row = 0; row < cell.Height; row++)
        {
            cell.Pixels.Slice(row * cell.Width * 3, cell.Width * 3).CopyTo(sheet.Pixels.Slice((((y + row) * sheet.Width) + x) * 3, cell.Width * 3));
        }
    }

    private Task MakeAsync(CatalogueWork work, ImageSize? size, Action<RgbImage> write, CancellationToken cancellationToken) => workshop.RunAsync(
        async ct =>
        {
            using RgbImage pixels = await DecodeAsync(work, size, ct);
            write(pixels);
            return true;
        },
        cancellationToken);

    private async Task<RgbImage> DecodeAsync(CatalogueWork work, ImageSize? size, CancellationToken cancellationToken) =>
        await collection.Decoder.DecodeAsync(
            await collection.Opener.OpenAsync(work.Painting.ImageUri ?? throw ApiException.NotFound("The work has no picture.", "id"), size, cancellationToken), size, null, cancellationToken);
}
