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

    /// <summary>Two paintings are equal when every field is, tags compared in order.</summary>
    /// <param name="other">The painting to compare with.</param>
    /// <returns>Whether all fields are equal.</returns>
    public bool Equals(Painting? other) =>
        other is not null && Key == other.Key && Title == other.Title && Artist == other.Artist && Genre == other.Genre
        && Style == other.Style && Year == other.Year && ImageUri == other.ImageUri && Tags.SequenceEqual(other.Tags);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Title, Artist, Genre, Style, Year, ImageUri, Tags.Count);
}
