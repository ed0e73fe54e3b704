using System.Buffers;

namespace ArtSimilarity.Imaging;

/// <summary>
/// An upright sRGB image: 8 bits a channel, three channels (red, green, blue), row-major, no padding between rows.
/// Its memory comes from a pool; dispose it to hand the memory back.
/// </summary>
/// <remarks>Reading from several threads is safe; disposing while another thread reads is not.</remarks>
public sealed class RgbImage : IDisposable
{
    private byte[]? _pixels;

    /// <summary>Creates an image whose pixels are undefined until written.</summary>
    /// <param name="width">Pixels from left to right, at least 1.</param>
    /// <param name="height">Pixels from top to bottom, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or the image has more than 2³¹ − 1 bytes.</exception>
    public RgbImage(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        long bytes = 3L * width * height;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Array.MaxLength, nameof(width));
        Width = width;
        Height = height;
        _pixels = ArrayPool<byte>.Shared.Rent((int)bytes);
    }

    /// <summary>Pixels from left to right.</summary>
    public int Width { get; }

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; }

    /// <summary>Width and height.</summary>
    public ImageSize Size => new(Width, Height);

    /// <summary>
    /// What is wrong with the encoded image, in one line; <see langword="null"/> for a sound one. Parts of a damaged picture are
    /// missing or show other colours. A decoder sets it before it hands the image out.
    /// </summary>
    public string? Damage { get; set; }

    /// <summary>The pixels: <c>3 × Width × Height</c> bytes, R G B, row after row.</summary>
    /// <exception cref="ObjectDisposedException">The image has been disposed.</exception>
    public Span<byte> Pixels
    {
        get
        {
            byte[]? pixels = _pixels;
            ObjectDisposedException.ThrowIf(pixels is null, this);
            return pixels.AsSpan(0, 3 * Width * Height);
        }
    }

    /// <summary>Copies interleaved RGB pixels into a new image.</summary>
    /// <param name="pixels"><c>3 × width × height</c> bytes, R G B, row after row.</param>
    /// <param name="width">Pixels from left to right.</param>
    /// <param name="height">Pixels from top to bottom.</param>
    /// <returns>The image; the caller disposes it.</returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another length.</exception>
    public static RgbImage FromPixels(ReadOnlySpan<byte> pixels, int width, int height)
    {
        var image = new RgbImage(width, height);
        if (pixels.Length != image.Pixels.Length)
        {
            image.Dispose();
            throw new ArgumentException($"An image of {width}×{height} pixels has {3L * width * height} bytes, not {pixels.Length}.", nameof(pixels));
        }

        pixels.CopyTo(image.Pixels);
        return image;
    }

    /// <summary>Copies a region into a new image.</summary>
    /// <param name="region">The region to copy.</param>
    /// <returns>The region as an image of its own; the caller disposes it.</returns>
    public RgbImage Crop(ImageRegion region)
    {
        (int x, int y, int width, int height) = region.ToPixels(Size);
        var crop = new RgbImage(width, height) { Damage = Damage };
        Span<byte> target = crop.Pixels;
        ReadOnlySpan<byte> source = Pixels;
        for (int row = 0; row < height; row++)
        {
            source.Slice(3 * (((y + row) * Width) + x), 3 * width).CopyTo(target[(3 * row * width)..]);
        }

        return crop;
    }

    /// <summary>Hands the pixels back to the pool.</summary>
    public void Dispose()
    {
        byte[]? pixels = Interlocked.Exchange(ref _pixels, null);
        if (pixels is not null)
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }
}
