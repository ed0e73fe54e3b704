namespace ArtSimilarity;

/// <summary>When a work was made, as a catalogue says it and as far as years can be told from that.</summary>
public sealed record PaintingDate
{
    /// <summary>Creates a date whose years are known.</summary>
    /// <param name="text">What the catalogue says; empty where it gives years alone.</param>
    /// <param name="earliest">The first year it may mean (negative: BCE), or <see langword="null"/> where that cannot be told.</param>
    /// <param name="latest">The last year it may mean (negative: BCE), or <see langword="null"/> where that cannot be told.</param>
    /// <exception cref="ArgumentException"><paramref name="earliest"/> is after <paramref name="latest"/>.</exception>
    public PaintingDate(string text, int? earliest, int? latest)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (earliest > latest)
        {
            throw new ArgumentException($"The earliest year {earliest} is after the latest, {latest}.", nameof(earliest));
        }

        (Text, Earliest, Latest) = (text, earliest, latest);
    }

    /// <summary>What the catalogue says; empty where it gives years alone.</summary>
    public string Text { get; }

    /// <summary>The first year it may mean (negative: BCE), or <see langword="null"/> where that cannot be told.</summary>
    public int? Earliest { get; }

    /// <summary>The last year it may mean (negative: BCE), or <see langword="null"/> where that cannot be told.</summary>
    public int? Latest { get; }

    /// <summary>Whether any year can be told.</summary>
    public bool HasYears => Earliest is not null || Latest is not null;

    /// <summary>The one year to search by: that meant, or the middle of those, rounded down; <see langword="null"/> where there is no middle.</summary>
    public int? Year => Earliest is int earliest && Latest is int latest ? (int)Math.Floor(((long)earliest + latest) / 2.0) : null;

    /// <summary>
    /// Reads a date as museums write it: <c>c. 1650</c>, <c>1503–06</c>, <c>1890s</c>, <c>early 19th century</c>, <c>before 1500</c>,
    /// <c>300–200 BCE</c>. Where no years can be told, it has the text alone.
    /// </summary>
    /// <param name="text">What the catalogue says.</param>
    /// <returns>The date.</returns>
    public static PaintingDate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PaintingDateParser.Parse(text);
    }

    /// <summary>Whether a text says that no date is known, such as <c>n.d.</c></summary>
    /// <param name="text">What the catalogue says.</param>
    /// <returns>Whether it is one of the usual words for this.</returns>
    public static bool IsUndated(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PaintingDateParser.IsUndated(text);
    }
}
