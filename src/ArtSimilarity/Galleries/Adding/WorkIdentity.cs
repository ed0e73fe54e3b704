using System.Collections.Concurrent;

namespace ArtSimilarity.Galleries.Adding;

/// <summary>Tells which work of a gallery an image belongs to, so that none is doubled and none is replaced by another in silence.</summary>
/// <param name="store">The gallery.</param>
/// <param name="options">Whether pictures may be replaced.</param>
/// <param name="stored">What the gallery holds under the keys of the batch.</param>
/// <param name="taken">The works that have taken a key in this run; added to.</param>
internal sealed class WorkIdentity(
    IGalleryStore store, AddOptions options, IReadOnlyDictionary<string, StoredWork> stored, ConcurrentDictionary<string, PaintingImage> taken)
{
    /// <summary>The stored work that the image belongs to; <see langword="null"/> for a new one.</summary>
    public StoredWork? Former { get; private set; }

    /// <summary>The key that the work is to have.</summary>
    public string Key { get; private set; } = "";

    /// <summary>The key of another work that has the very same image, when the work is a new one.</summary>
    public string? SameImageAs { get; private set; }

    /// <summary>Whether two works are known to have their image at the same place.</summary>
    public static bool IsSamePlace(Painting one, Painting other) => one.ImageUri is string place && place == other.ImageUri;

    /// <summary>Finds the stored work that an image belongs to (<see cref="Former"/>), and the key that the work is to have (<see cref="Key"/>).</summary>
    /// <param name="work">The work as given.</param>
    /// <param name="hash">The image's content hash.</param>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    /// <returns>Why the work cannot be added; <see langword="null"/> when it can.</returns>
    public async ValueTask<string?> ResolveAsync(PaintingImage work, string hash, CancellationToken cancellationToken)
    {
        Key = work.Painting.Key;
        Former = stored.GetValueOrDefault(Key);
        bool isKeyMade = work.FurtherKeys.Count > 0;
        if (Former is null || (Former.ContentHash != hash && isKeyMade && !IsSamePlace(Former.Painting, work.Painting)))
        {
            StoredWork? atKey = Former;
            IReadOnlyList<StoredWork> withImage =
                await store.FindByImageAsync([hash], work.Painting.ImageUri is string place ? [place] : [], cancellationToken).ConfigureAwait(false);
            Former = withImage.FirstOrDefault(other => IsSamePlace(other.Painting, work.Painting))
                ?? withImage.FirstOrDefault(other => other.ContentHash == hash && IsGone(other.Painting));
            if (Former is not null)
            {
                Key = isKeyMade ? Former.Painting.Key : Key;
            }
            else
            {
                SameImageAs = withImage.FirstOrDefault(other => other.ContentHash == hash)?.Painting.Key;
                if (atKey is not null)
                {
                    // Another picture has the key: the two are told apart by more of the path.
                    if (work.FurtherKeys.FirstOrDefault(further => !stored.ContainsKey(further) && !taken.ContainsKey(further)) is not string free)
                    {
                        return $"the gallery has another picture under the key '{Key}'";
                    }

                    Key = free;
                }
            }
        }

        if (!taken.TryAdd(Key, work))
        {
            return $"the work '{Key}' was given before with another image";
        }

        if (Former is not null && Former.ContentHash != hash && !options.ReplaceImages && !IsSamePlace(Former.Painting, work.Painting))
        {
            return $"the gallery has another picture under the key '{Key}'{(Former.Painting.ImageUri is string other ? $", from {other}" : "")}";
        }

        return null;
    }

    /// <summary>Whether a work's image was a file that is not there any more: it was moved, when its content turns up elsewhere.</summary>
    private static bool IsGone(Painting painting) =>
        painting.ImageUri is string place && Path.IsPathRooted(place) && !File.Exists(place);
}
