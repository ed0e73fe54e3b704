using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>
/// What every store refuses to keep. Each <see cref="IGalleryStore"/> calls this before it writes, so that all stores refuse the same with the
/// same words.
/// </summary>
public static class EntryValidation
{
    /// <summary>Whether a text survives the way to UTF-8 and back and compares as a whole.</summary>
    /// <remarks>
    /// An unpaired surrogate has no UTF-8 form, and SQLite's NOCASE stops at U+0000: two different texts would become one.
    /// A store finds nothing by a text that is not storable, and does not throw.
    /// </remarks>
    /// <param name="text">The text.</param>
    /// <returns>Whether it can be stored; not where it is <see langword="null"/>.</returns>
    public static bool IsStorable(string? text)
    {
        if (text is null || text.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        int first = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        for (int i = first; i >= 0 && i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }

    /// <summary>Throws if a text cannot be stored, such as the name or the value of a property.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What it is, for the message: the beginning of a sentence.</param>
    /// <param name="parameterName">The parameter of the caller.</param>
    /// <exception cref="ArgumentException">The text is <see langword="null"/> or cannot be stored; the message names it.</exception>
    public static void ThrowIfNotStorable(string? text, string what, string parameterName)
    {
        if (!IsStorable(text))
        {
            throw new ArgumentException(
                text is null ? $"{what} is null." : $"{what} has a null character or half a surrogate pair, which a gallery cannot keep.",
                parameterName);
        }
    }

    /// <summary>Throws if a store cannot keep what it is told to write: the first thing that <see cref="IGalleryStore.WriteAsync"/> does.</summary>
    /// <param name="entries">What is to be written.</param>
    /// <param name="parameterName">The parameter of the caller.</param>
    /// <exception cref="ArgumentException">A key appears twice, an entry has two signatures in one space and of one region, or something is null or cannot be stored.</exception>
    public static void ThrowIfUnusable(IReadOnlyList<GalleryEntry> entries, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(entries, parameterName);
        var keys = new HashSet<string>(entries.Count, StringComparer.Ordinal);
        foreach (GalleryEntry entry in entries)
        {
            if (entry?.Painting is null)
            {
                throw new ArgumentException("An entry or its painting is null.", parameterName);
            }

            Painting painting = entry.Painting;
            string name = $"of the work '{painting.Key}'";
            ThrowIfNotStorable(painting.Key, $"The key {name}", parameterName);
            if (!keys.Add(painting.Key))
            {
                throw new ArgumentException($"The key '{painting.Key}' is given twice.", parameterName);
            }

            ThrowIfNotStorable(painting.Title ?? "", $"The title {name}", parameterName);
            ThrowIfNotStorable(painting.Genre ?? "", $"The genre {name}", parameterName);
            ThrowIfNotStorable(painting.Style ?? "", $"The style {name}", parameterName);
            ThrowIfNotStorable(painting.Date?.Text ?? "", $"The date {name}", parameterName);
            ThrowIfNotStorable(painting.ImageUri ?? "", $"The image URI {name}", parameterName);
            ThrowIfNotStorable(entry.ContentHash ?? "", $"The content hash {name}", parameterName);
            ThrowIfNotStorable(entry.FormerKey ?? "", $"The former key {name}", parameterName);
            if (entry.ContentHash is null && entry.Signatures is not { Count: 0 })
            {
                throw new ArgumentException($"The signatures {name} come without a content hash.", parameterName);
            }

            foreach (string artist in painting.Artists ?? throw new ArgumentException($"The list of artists {name} is null.", parameterName))
            {
                ThrowIfNotStorable(artist, $"An artist {name}", parameterName);
            }

            if (painting.Fields is null)
            {
                throw new ArgumentException($"The fields {name} are null.", parameterName);
            }

            foreach (string tag in painting.Tags ?? throw new ArgumentException($"The list of tags {name} is null.", parameterName))
            {
                ThrowIfNotStorable(tag, $"A tag {name}", parameterName);
            }

            ThrowIfSignaturesAreUnusable(entry.Signatures, name, parameterName);
        }
    }

    /// <summary>What a store throws when a work is to be renamed to the key of another work.</summary>
    /// <param name="entry">The work with its <see cref="GalleryEntry.FormerKey"/>.</param>
    /// <param name="parameterName">The parameter of the caller.</param>
    /// <returns>The exception, not thrown yet.</returns>
    public static ArgumentException KeyIsTaken(GalleryEntry entry, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new($"The work '{entry.FormerKey}' cannot become '{entry.Painting.Key}': there is a work of that key.", parameterName);
    }

    /// <exception cref="ArgumentException">There is no space, or one is given twice or <see langword="null"/>.</exception>
    internal static void ThrowIfNotDistinct(IReadOnlyList<FeatureSpace> spaces, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(spaces, parameterName);
        if (spaces.Count == 0 || spaces.Contains(null!))
        {
            throw new ArgumentException("There is no feature space, or one is null.", parameterName);
        }

        if (spaces.GroupBy(space => space).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The feature space {twice.Key} is given twice.", parameterName);
        }
    }

    private static void ThrowIfSignaturesAreUnusable(IReadOnlyList<Signature> signatures, string name, string parameterName)
    {
        if (signatures is null || signatures.Contains(null!))
        {
            throw new ArgumentException($"A signature {name}, or the list of them, is null.", parameterName);
        }

        // A work has a handful of spaces and some tens of regions at most: comparing each with each beats a set.
        for (int i = 0; i < signatures.Count; i++)
        {
            ThrowIfNotStorable(signatures[i].Space.ModelId, $"The model id of a signature {name}", parameterName);
            ThrowIfNotStorable(signatures[i].Space.Preprocessing, $"The preprocessing of a signature {name}", parameterName);
            for (int j = 0; j < i; j++)
            {
                if (signatures[i].Region == signatures[j].Region && signatures[i].Space == signatures[j].Space)
                {
                    throw new ArgumentException($"Two signatures {name} are in the space {signatures[i].Space}{(signatures[i].Region is null ? "" : " and of one region")}.", parameterName);
                }
            }
        }
    }
}
