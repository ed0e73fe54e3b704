using ArtSimilarity.Imaging;

namespace ArtSimilarity.EncodedImages;

/// <summary>The EXIF orientation of stored pixels (1 to 8), and the way to the upright image.</summary>
internal readonly struct Orientation
{
    private readonly int _value;

    /// <param name="exif">The EXIF value; anything outside 1 to 8 counts as upright, as viewers do.</param>
    public Orientation(int exif) => _value = exif is >= 1 and <= 8 ? exif : 1;

    public bool IsUpright => _value == 1;

    private bool Transposes => _value >= 5;

    // After transposing, where that applies: whether the upright x (y) axis runs against the stored one.
    private bool MirrorsX => _value is 2 or 3 or 6 or 7;

    private bool MirrorsY => _value is 3 or 4 or 7 or 8;

    /// <summary>Turns a stored size into the upright one, or back: the way is the same.</summary>
    public ImageSize Turn(ImageSize size) => Transposes ? new ImageSize(size.Height, size.Width) : size;

    /// <summary>The stored rectangle that a rectangle of the upright image lies in.</summary>
    public (int X, int Y, int Width, int Height) ToStored((int X, int Y, int Width, int Height) upright, ImageSize uprightSize)
    {
        int x = MirrorsX ? uprightSize.Width - upright.X - upright.Width : upright.X;
        int y = MirrorsY ? uprightSize.Height - upright.Y - upright.Height : upright.Y;
        return Transposes ? (y, x, upright.Height, upright.Width) : (x, y, upright.Width, upright.Height);
    }

    /// <summary>Copies stored pixels into an upright image.</summary>
    public RgbImage ToUpright(ReadOnlySpan<byte> stored, ImageSize storedSize)
    {
        ImageSize size = Turn(storedSize);
        if (IsUpright)
        {
            return RgbImage.FromPixels(stored, size.Width, size.Height);
        }

        // Walking right or down in the upright image walks this many bytes through the stored one.
        int stepX = Transposes ? 3 * storedSize.Width : 3;
        int stepY = Transposes ? 3 : 3 * storedSize.Width;
        int origin = (MirrorsX ? (size.Width - 1) * stepX : 0) + (MirrorsY ? (size.Height - 1) * stepY : 0);
        stepX = MirrorsX ? -stepX : stepX;
        stepY = MirrorsY ? -stepY : stepY;

        var image = new RgbImage(size.Width, size.Height);
        Span<byte> pixels = image.Pixels;
        int to = 0;
        for (int y = 0; y < size.Height; y++)
        {
            int from = origin + (y * stepY);
            for (int x = 0; x < size.Width; x++, from += stepX, to += 3)
            {
                pixels[to] = stored[from];
                pixels[to + 1] = stored[from + 1];
                pixels[to + 2] = stored[from + 2];
            }
        }

        return image;
    }
}
