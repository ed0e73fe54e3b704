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
    /// <summary>The key of another work that has the very same image, when the work is a new one.</summary>
    public string? SameImageAs { get; private set; }

    /// <summary>Whether two works are known to have their image at the same place.</summary>
    public static bool IsSamePlace(Painting one, Painting other) => one.ImageUri is string place && place == other.ImageUri;

    /// <summary>Finds the stored work that an image belongs to, and the key that the work is to have.</summary>
    /// <param name="work">The work as given.</param>
    /// <param name="hash">The image's content hash.</param>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    /// <param name="former">The stored work; <see langword="null"/> for a new one.</param>
    /// <param name="key">The key it is to have.</param>
    /// <param name="refusal">Why the work cannot be added, when the result is <see langword="false"/>.</param>
    public bool TryResolve(
        PaintingImage work, string hash, CancellationToken cancellationToken, out StoredWork? former, out string key, out string? refusal)
    {
        key = work.Painting.Key;
        refusal = null;
        former = stored.GetValueOrDefault(key);
        bool isKeyMade = work.FurtherKeys.Count > 0;
        if (former is null || (former.ContentHash != hash && isKeyMade && !IsSamePlace(former.Painting, work.Painting)))
        {
            StoredWork? atKey = former;
            IReadOnlyList<StoredWork> withImage =
                store.FindByImageAsync([hash], work.Painting.ImageUri is string place ? [place] : [], cancellationToken).AsTask().GetAwaiter().GetResult();
            former = withImage.FirstOrDefault(other => IsSamePlace(other.Painting, work.Painting))
                ?? withImage.FirstOrDefault(other => other.ContentHash == hash && IsGone(other.Painting));
            if (former is not null)
            {
                key = isKeyMade ? former.Painting.Key : key;
            }
            else
            {
                SameImageAs = withImage.FirstOrDefault(other => other.ContentHash == hash)?.Painting.Key;
                if (atKey is not null)
                {
                    // Another picture has the key: the two are told apart by more of the path.
                    if (work.FurtherKeys.FirstOrDefault(further => !stored.ContainsKey(further) && !taken.ContainsKey(further)) is not string free)
                    {
                        refusal = $"the gallery has another picture under the key '{key}'";
                        return false;
                    }

                    key = free;
                }
            }
        }

        if (!taken.TryAdd(key, work))
        {
            refusal = $"the work '{key}' was given before with another image";
            return false;
        }

        if (former is not null && former.ContentHash != hash && !options.ReplaceImages && !IsSamePlace(former.Painting, work.Painting))
        {
            refusal = $"the gallery has another picture under the key '{key}'{(former.Painting.ImageUri is string other ? $", from {other}" : "")}";
            return false;
        }

        return true;
    }

    /// <summary>Whether a work's image was a file that is not there any more: it was moved, when its content turns up elsewhere.</summary>
    private static bool IsGone(Painting painting) =>
        painting.ImageUri is string place && Path.IsPathRooted(place) && !File.Exists(place);
}
