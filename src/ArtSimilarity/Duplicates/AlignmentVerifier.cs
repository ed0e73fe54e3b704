using System.Collections.Concurrent;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Duplicates;

/// <summary>Verifies duplicates by laying their pictures over one another (<see cref="ImageAlignment"/>).</summary>
/// <remarks>Each picture is opened once, and some 18 kB of it are kept. The score is the agreement.</remarks>
/// <param name="decoder">Decodes the pictures.</param>
/// <param name="opener">Opens them by the URIs of the works.</param>
/// <param name="minAgreement">The least agreement of duplicates, from −1 to 1.</param>
public sealed class AlignmentVerifier(IImageDecoder decoder, IImageOpener opener, double minAgreement = AlignmentVerifier.DefaultMinAgreement) : IDuplicateVerifier
{
    /// <summary>The least agreement of duplicates by default.</summary>
    public const double DefaultMinAgreement = 0.9;

    private static readonly ImageSize Smallest = new(128, 128);

    private readonly ConcurrentDictionary<string, Lazy<Task<(float[] Grey, float[] Detail)?>>> _prepared = new(StringComparer.Ordinal);
    private int _unreadable;

    /// <summary>How many works have no picture that can be opened: they are duplicates of none.</summary>
    public int UnreadableCount => Volatile.Read(ref _unreadable);

    /// <inheritdoc/>
    public async ValueTask<DuplicateVerdict> VerifyAsync(Painting first, Painting second, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        cancellationToken.ThrowIfCancellationRequested();
        if (await PrepareAsync(first).ConfigureAwait(false) is not { } one || await PrepareAsync(second).ConfigureAwait(false) is not { } other)
        {
            return new DuplicateVerdict(false, -1);
        }

        double agreement = ImageAlignment.Of(one, other).Agreement;
        return new DuplicateVerdict(agreement >= minAgreement, agreement);
    }

    private Task<(float[] Grey, float[] Detail)?> PrepareAsync(Painting work) => _prepared
        .GetOrAdd(work.ImageUri ?? "", uri => new Lazy<Task<(float[] Grey, float[] Detail)?>>(() => OpenAsync(uri))).Value;

    // Others wait for the same picture: one caller's cancellation must not end it.
    private async Task<(float[] Grey, float[] Detail)?> OpenAsync(string uri)
    {
        try
        {
            if (uri.Length > 0)
            {
                using RgbImage image = await decoder.DecodeAsync(
                    await opener.OpenAsync(uri, Smallest).ConfigureAwait(false), Smallest).ConfigureAwait(false);
                return ImageAlignment.Prepare(image);
            }
        }
        catch (ImageDecodeException)
        {
            // counted below
        }

        Interlocked.Increment(ref _unreadable);
        return null;
    }
}
