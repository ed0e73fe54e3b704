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

    /// <summary>The first of the <see cref="Artists"/>, or <see langword="null"/> when none is known. Setting it names the only one.</summary>
    public string? Artist
    {
        get => Artists.Count > 0 ? Artists[0] : null;
        init => Artists = value is null ? [] : [value];
    }

    /// <summary>All artists of the work, in the order given. Never <see langword="null"/>.</summary>
    public IReadOnlyList<string> Artists { get; init; } = [];

    /// <summary>The genre (landscape, portrait, …), or <see langword="null"/> when unlabelled.</summary>
    public string? Genre { get; init; }

    /// <summary>The style (Impressionism, Baroque, …), or <see langword="null"/> when unknown.</summary>
    public string? Style { get; init; }

    /// <summary>
    /// The one year that filters go by (negative: BCE), or <see langword="null"/> when unknown. Where none was set it is that of the
    /// <see cref="Date"/>.
    /// </summary>
    public int? Year
    {
        get => field ?? Date?.Year;
        init;
    }

    /// <summary>When the work was made, in the words of its catalogue, or <see langword="null"/> where there is a year alone, or nothing.</summary>
    public PaintingDate? Date { get; init; }

    /// <summary>Where the image is: a file path or an absolute URI. The library itself opens files only.</summary>
    public string? ImageUri { get; init; }

    /// <summary>Free-form tags, in the order given. Never <see langword="null"/>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What else the catalogue says, by names of its own: museum, medium, inventory number, rights, …</summary>
    public PaintingFields Fields { get; init; } = PaintingFields.Empty;

    /// <summary>The painting with what another catalogue entry says of it: what that leaves out stays as it is.</summary>
    /// <param name="update">
    /// What is newly known of the same work. Fields that are <see langword="null"/> or empty say nothing. A tag <c>name:value</c> takes the
    /// place of the tags of the same name, and so does a named field; other tags are added. A date or another year takes the place of
    /// both.
    /// </param>
    /// <returns>The painting with this painting's key and both catalogue entries' fields.</returns>
    public Painting UpdatedWith(Painting update)
    {
        ArgumentNullException.ThrowIfNull(update);
        bool keepsDate = update.Date is null && (update.Year is null || update.Year == Year);
        return this with
        {
            Title = update.Title ?? Title,
            Artists = update.Artists.Count > 0 ? update.Artists : Artists,
            Genre = update.Genre ?? Genre,
            Style = update.Style ?? Style,
            Year = keepsDate ? Year : update.Year,
            Date = keepsDate ? Date : update.Date,
            ImageUri = update.ImageUri ?? ImageUri,
            Tags = Merge(WithoutNames(Tags, update), update.Tags),
            Fields = Fields.UpdatedWith(update.Fields),
        };
    }

    /// <summary>The painting under another key.</summary>
    /// <param name="key">The new key: not empty or white space.</param>
    /// <returns>A copy whose other fields are the same.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty or white space.</exception>
    public Painting WithKey(string key) => new(key)
    {
        Title = Title,
        Artists = Artists,
        Genre = Genre,
        Style = Style,
        Year = Year,
        Date = Date,
        ImageUri = ImageUri,
        Tags = Tags,
        Fields = Fields,
    };

    /// <summary>Two paintings are equal when every field is, artists and tags compared in order.</summary>
    /// <param name="other">The painting to compare with.</param>
    /// <returns>Whether all fields are equal.</returns>
    public bool Equals(Painting? other) =>
        other is not null && Key == other.Key && Title == other.Title && Genre == other.Genre && Style == other.Style && Year == other.Year
        && Date == other.Date && ImageUri == other.ImageUri && Artists.SequenceEqual(other.Artists) && Tags.SequenceEqual(other.Tags)
        && Fields.Equals(other.Fields);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Title, Artist, Genre, Style, Year, ImageUri, Tags.Count + (31 * Fields.Count));

    /// <summary>The tags without those <c>name:value</c> whose name is a field or the date of the update: they are what it was kept as before.</summary>
    private static IReadOnlyList<string> WithoutNames(IReadOnlyList<string> tags, Painting update)
    {
        if (tags.Count == 0 || (update.Fields.Count == 0 && update.Date is null))
        {
            return tags;
        }

        string[] kept = [.. tags.Where(tag => NameOf(tag) is not string name
            || !(update.Fields.ContainsKey(name) || (update.Date is not null && name is ("date" or "earliest" or "latest"))))];
        return kept.Length == tags.Count ? tags : kept;
    }

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
