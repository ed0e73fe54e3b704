using System.Numerics;
using ArtSimilarity.Graphs;
using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using NetVips;

namespace ArtSimilarity.Cli.Figures;

/// <summary>Draws a map with thumbnails of the works, each in a cell of a grid of its own, so that none hides another.</summary>
internal sealed class MapPicture(int longerSide, int thumbnail, NetVipsImageDecoder decoder, IImageOpener opener)
{
    /// <summary>How many cells a work may lie beside its place.</summary>
    private const int MostShift = 2;

    private const byte Background = 24, Missing = 70;

    /// <summary>How many works have no free cell near their place.</summary>
    public int Skipped { get; private set; }

    /// <summary>How many pictures could not be opened; they are grey squares.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Draws works and writes a PNG.</summary>
    public async Task WriteAsync(IReadOnlyList<MapPlace> places, string path, CancellationToken cancellationToken)
    {
        (int columns, int rows, Dictionary<(int Column, int Row), Painting> cells) = Arrange(places);
        Skipped = places.Count - cells.Count;
        int width = columns * thumbnail, height = rows * thumbnail;
        byte[] pixels = new byte[3L * width * height];
        Array.Fill(pixels, Background);
        int unreadable = 0;
        await Parallel.ForEachAsync(cells, cancellationToken, async (cell, cancellation) =>
        {
            byte[]? picture = await ThumbnailAsync(cell.Value.ImageUri, cancellation);
            if (picture is null)
            {
                Interlocked.Increment(ref unreadable);
                picture = new byte[3 * thumbnail * thumbnail];
                Array.Fill(picture, Missing);
            }

            for (int y = 0; y < thumbnail; y++)
            {
                long first = 3L * ((((cell.Key.Row * thumbnail) + y) * (long)width) + (cell.Key.Column * thumbnail));
                picture.AsSpan(3 * thumbnail * y, 3 * thumbnail).CopyTo(pixels.AsSpan((int)first));
            }
        });
        Unreadable = unreadable;
        using Image drawn = Image.NewFromMemory(pixels, width, height, 3, Enums.BandFormat.Uchar);
        using Image tagged = drawn.Copy(interpretation: Enums.Interpretation.Srgb);
        tagged.Pngsave(path);
    }

    /// <summary>The cell of each work: that of its place, or a free one near it.</summary>
    private (int Columns, int Rows, Dictionary<(int, int), Painting> Cells) Arrange(IReadOnlyList<MapPlace> places)
    {
        Vector2 least = places.Select(place => place.Position).Aggregate(Vector2.Min), most = places.Select(place => place.Position).Aggregate(Vector2.Max);
        Vector2 extent = Vector2.Max(most - least, new Vector2(1e-6f));
        int along = Math.Max(1, longerSide / thumbnail);
        float unit = Math.Max(extent.X, extent.Y) / along;
        int columns = Math.Clamp((int)MathF.Ceiling(extent.X / unit), 1, along), rows = Math.Clamp((int)MathF.Ceiling(extent.Y / unit), 1, along);
        Dictionary<(int, int), Painting> cells = [];
        foreach (MapPlace place in places)
        {
            Vector2 at = (place.Position - least) / unit;
            (int Column, int Row)? free = Near(at, columns, rows).Where(cell => !cells.ContainsKey(cell)).Select(cell => ((int, int)?)cell).FirstOrDefault();
            if (free is (int column, int row))
            {
                cells.Add((column, row), place.Work);
            }
        }

        return (columns, rows, cells);
    }

    /// <summary>The cells about a place, nearest first.</summary>
    private static IEnumerable<(int Column, int Row)> Near(Vector2 at, int columns, int rows)
    {
        int column = Math.Clamp((int)at.X, 0, columns - 1), row = Math.Clamp((int)at.Y, 0, rows - 1);
        return from dy in Enumerable.Range(-MostShift, (2 * MostShift) + 1)
               from dx in Enumerable.Range(-MostShift, (2 * MostShift) + 1)
               let cell = (Column: column + dx, Row: row + dy)
               where cell.Column >= 0 && cell.Column < columns && cell.Row >= 0 && cell.Row < rows
               orderby Vector2.DistanceSquared(at, new Vector2(cell.Column + 0.5f, cell.Row + 0.5f))
               select cell;
    }

    /// <summary>The middle of a picture as a square; <see langword="null"/> when it cannot be opened.</summary>
    private async Task<byte[]?> ThumbnailAsync(string? imageUri, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(imageUri))
        {
            return null;
        }

        try
        {
            var smallest = new ImageSize(thumbnail, thumbnail);
            using RgbImage pixels = decoder.Decode(await opener.OpenAsync(imageUri, smallest, cancellationToken), smallest, null, cancellationToken);
            double side = Math.Min(pixels.Width, pixels.Height);
            var middle = new ImageRegion((1 - (side / pixels.Width)) / 2, (1 - (side / pixels.Height)) / 2, side / pixels.Width, side / pixels.Height);
            using RgbImage small = ImageResampler.Resize(pixels, smallest, middle);
            return small.Pixels.ToArray();
        }
        catch (ImageDecodeException)
        {
            return null;
        }
    }
}
