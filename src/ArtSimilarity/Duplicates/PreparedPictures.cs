using System.Collections.Concurrent;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Duplicates;

/// <summary>What a verifier keeps of each work's picture. Each picture is opened once, however many comparisons it takes part in.</summary>
/// <remarks>Safe to use from several threads at once.</remarks>
/// <typeparam name="T">What is kept.</typeparam>
/// <param name="decoder">Decodes the pictures.</param>
/// <param name="opener">Opens them by the URIs of the works.</param>
/// <param name="size">How large a picture is decoded at least, in pixels.</param>
/// <param name="prepare">Takes from a picture what is kept; the picture is disposed of afterwards.</param>
internal sealed class PreparedPictures<T>(IImageDecoder decoder, IImageOpener opener, ImageSize size, Func<RgbImage, T> prepare)
    where T : class
{
    private readonly ConcurrentDictionary<string, Lazy<Task<T?>>> _prepared = new(StringComparer.Ordinal);
    private int _unreadable;

    /// <summary>How many pictures could not be opened.</summary>
    public int UnreadableCount => Volatile.Read(ref _unreadable);

    /// <summary>What is kept of a work's picture; <see langword="null"/> where it cannot be opened.</summary>
    public Task<T?> OfAsync(Painting work) => _prepared.GetOrAdd(work.ImageUri ?? "", uri => new Lazy<Task<T?>>(() => OpenAsync(uri))).Value;

    /// <summary>What is kept of the pictures of two works; <see langword="null"/> where one of them cannot be opened.</summary>
    public async ValueTask<(T First, T Second)?> OfBothAsync(Painting first, Painting second, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        cancellationToken.ThrowIfCancellationRequested();
        return await OfAsync(first).ConfigureAwait(false) is T one && await OfAsync(second).ConfigureAwait(false) is T other ? (one, other) : null;
    }

    // Others wait for the same picture: one caller's cancellation must not end it.
    private async Task<T?> OpenAsync(string uri)
    {
        try
        {
            if (uri.Length > 0)
            {
                using RgbImage image = await decoder.DecodeAsync(await opener.OpenAsync(uri, size).ConfigureAwait(false), size).ConfigureAwait(false);
                return prepare(image);
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
