namespace ArtSimilarity;

/// <summary>A work of art as a catalogue describes it. Everything but the <see cref="Key"/> is optional.</summary>
public sealed record Painting
{
    /// <summary>Creates a painting with the key that identifies it within a gallery.</summary>
    /// <param name="key">A non-empty identifier, compared ordinally.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty or white space.</exception>
    public Painting(string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        Key = key;
    }

    /// <summary>Identifies the work within a gallery; compared ordinally.</summary>
    public string Key { get; }

    /// <summary>The title, or <see langword="null"/> when unknown.</summary>
    public string? Title { get; init; }

    /// <summary>The artist, or <see langword="null"/> when unknown.</summary>
    public string? Artist { get; init; }

    /// <summary>The genre (landscape, portrait, …), or <see langword="null"/> when unlabelled.</summary>
    public string? Genre { get; init; }

    /// <summary>The style (Impressionism, Baroque, …), or <see langword="null"/> when unknown.</summary>
    public string? Style { get; init; }

    /// <summary>The year the work was made (negative: BCE), or <see langword="null"/> when unknown.</summary>
    public int? Year { get; init; }

    /// <summary>Where the image is: a file path or an absolute URI. The library itself opens files only.</summary>
    public string? ImageUri { get; init; }

    /// <summary>Free-form tags, in the order given. Never <see langword="null"/>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The painting with what another catalogue entry says of it: what that leaves out stays as it is.</summary>
    /// <param name="update">
    /// What is newly known of the same work. Fields that are <see langword="null"/> say nothing. A tag <c>name:value</c> takes the place
    /// of the tags of the same name; other tags are added.
    /// </param>
    /// <returns>The painting with this painting's key and both catalogue entries' fields.</returns>
    public Painting UpdatedWith(Painting update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return this with
        {
            Title = update.Title ?? Title,
            Artist = update.Artist ?? Artist,
            Genre = update.Genre ?? Genre,
            Style = update.Style ?? Style,
            Year = update.Year ?? Year,
            ImageUri = update.ImageUri ?? ImageUri,
            Tags = Merge(Tags, update.Tags),
        };
    }

    /// <summary>The painting under another key.</summary>
    /// <param name="key">The new key: not empty or white space.</param>
    /// <returns>A copy whose other fields are the same.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty or white space.</exception>
    public Painting WithKey(string key) => new(key)
    {
        Title = Title,
        Artist = Artist,
        Genre = Genre,
        Style = Style,
        Year = Year,
        ImageUri = ImageUri,
        Tags = Tags,
    };

    /// <summary>Two paintings are equal when every field is, tags compared in order.</summary>
    /// <param name="other">The painting to compare with.</param>
    /// <returns>Whether all fields are equal.</returns>
    public bool Equals(Painting? other) =>
        other is not null && Key == other.Key && Title == other.Title && Artist == other.Artist && Genre == other.Genre
        && Style == other.Style && Year == other.Year && ImageUri == other.ImageUri && Tags.SequenceEqual(other.Tags);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Title, Artist, Genre, Style, Year, ImageUri, Tags.Count);

    private static IReadOnlyList<string> Merge(IReadOnlyList<string> tags, IReadOnlyList<string> update)
    {
        if (update.Count == 0 || tags.Count == 0)
        {
            return update.Count == 0 ? tags : update;
        }

        HashSet<string> names = [.. update.Select(NameOf).OfType<string>()];
        string[] merged = [.. tags.Where(tag => NameOf(tag) is not string name || !names.Contains(name)).Union(update, StringComparer.Ordinal)];
        return merged.ToHashSet(StringComparer.Ordinal).SetEquals(tags) ? tags : merged; // the same tags keep their order
    }

    /// <summary>The name of a tag <c>name:value</c>, folded; <see langword="null"/> for any other tag.</summary>
    private static string? NameOf(string tag)
    {
        int colon = tag.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 ? LabelFolding.Fold(tag[..colon]) : null;
    }
}
