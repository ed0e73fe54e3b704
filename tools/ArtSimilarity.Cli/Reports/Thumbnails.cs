using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using NetVips;

namespace ArtSimilarity.Cli.Reports;

/// <summary>Makes thumbnails, each once.</summary>
internal sealed class Thumbnails(NetVipsImageDecoder decoder)
{
    // Shown at some 200 pixels; a little more stays sharp on dense screens.
    private const int LongerSide = 300;

    private readonly Dictionary<string, Thumbnail?> _made = new(StringComparer.Ordinal);

    /// <summary>The picture's thumbnail, or <see langword="null"/> when the file cannot be shown (any more).</summary>
    public Thumbnail? Of(string? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return null;
        }

        if (!_made.TryGetValue(file, out Thumbnail? thumbnail))
        {
            _made[file] = thumbnail = Make(ImageSource.FromFile(file), cancellationToken);
        }

        return thumbnail;
    }

    /// <summary>The thumbnail of an image that may lie in memory, or <see langword="null"/> when it cannot be shown.</summary>
    public Thumbnail? Of(ImageSource image, CancellationToken cancellationToken) => Make(image, cancellationToken);

    private Thumbnail? Make(ImageSource image, CancellationToken cancellationToken)
    {
        try
        {
            using RgbImage pixels = decoder.Decode(image, new ImageSize(LongerSide, LongerSide), null, cancellationToken);
            using Image decoded = Image.NewFromMemory(pixels.Pixels.ToArray(), pixels.Width, pixels.Height, 3, Enums.BandFormat.Uchar);
            using Image tagged = decoded.Copy(interpretation: Enums.Interpretation.Srgb);
            double scale = Math.Min(1, LongerSide / (double)Math.Max(pixels.Width, pixels.Height));
            using Image small = tagged.Resize(scale);
            byte[] bytes = small.WebpsaveBuffer(q: 82);
            return new Thumbnail("data:image/webp;base64," + Convert.ToBase64String(bytes), small.Width, small.Height);
        }
        catch (ImageDecodeException)
        {
            return null; // the page says so in its place
        }
    }
}
