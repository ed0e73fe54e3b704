namespace ArtSimilarity.Evaluation;

/// <summary>What a work is labelled with.</summary>
public static class PaintingLabel
{
    /// <summary>The label of a work.</summary>
    /// <param name="painting">The work; <see langword="null"/> where nothing is known of it.</param>
    /// <param name="column">genre, style, artist, or any other column of the catalogue: a field, of which the first value counts, or a tag <c>column:value</c>.</param>
    /// <returns>The label, or <see langword="null"/> where the work has none.</returns>
    public static string? Of(Painting? painting, string column)
    {
        ArgumentException.ThrowIfNullOrEmpty(column);
        string prefix = column.ToLowerInvariant() + ":";
        return column switch
        {
            "genre" => painting?.Genre,
            "style" => painting?.Style,
            "artist" => painting?.Artist,
            _ => painting?.Fields.First(column) ?? painting?.Tags.FirstOrDefault(tag => tag.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..],
        };
    }
}
