using ArtSimilarity.Imaging;
using ArtSimilarity.NetVips;
using NetVips;

namespace ArtSimilarity.Cli.Reports;

/// <summary>Makes thumbnails, each once.</summary>
internal sealed class Thumbnails(NetVipsImageDecoder decoder, IImageOpener opener)
{
    // Shown at some 200 pixels; a little more stays sharp on dense screens.
    private const int LongerSide = 300;

    private readonly Dictionary<string, Thumbnail?> _made = new(StringComparer.Ordinal);

    private static readonly ImageSize Smallest = new(LongerSide, LongerSide);

    private readonly List<ImageDecodeException> _refused = [];

    /// <summary>The pictures that may not be opened.</summary>
    public IReadOnlyList<ImageDecodeException> Refused => _refused;

    /// <summary>The picture's thumbnail, or <see langword="null"/> when it cannot be shown (any more).</summary>
    public async Task<Thumbnail?> OfAsync(string? imageUri, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(imageUri))
        {
            return null;
        }

        if (!_made.TryGetValue(imageUri, out Thumbnail? thumbnail))
        {
            try
            {
                thumbnail = Make(await opener.OpenAsync(imageUri, Smallest, cancellationToken), cancellationToken);
            }
            catch (ImageDecodeException e)
            {
                if (e.Error == ImageDecodeError.Refused)
                {
                    _refused.Add(e);
                }
            }

            _made[imageUri] = thumbnail;
        }

        return thumbnail;
    }

    /// <summary>The thumbnail of an image that may lie in memory, or <see langword="null"/> when it cannot be shown.</summary>
    public Thumbnail? Of(ImageSource image, CancellationToken cancellationToken) => Make(image, cancellationToken);

    private Thumbnail? Make(ImageSource image, CancellationToken cancellationToken)
    {
        try
        {
            using RgbImage pixels = decoder.Decode(image, Smallest, null, cancellationToken);
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
