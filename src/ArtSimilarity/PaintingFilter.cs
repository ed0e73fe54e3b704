namespace ArtSimilarity;

/// <summary>
/// Which works a search may return. A work passes when it satisfies every condition that is set; a list is satisfied by
/// any of its values. One description, translated by each store into its own language.
/// </summary>
/// <remarks>
/// An empty list sets no condition. Labels, tags and the values of fields are compared without regard to case and accents (<see cref="LabelFolding"/>), keys
/// ordinally. A work whose field is unknown does not satisfy a condition on that field.
/// </remarks>
public sealed record PaintingFilter
{
    /// <summary>Accepted genres; empty accepts all.</summary>
    public IReadOnlyList<string> Genres { get; init; } = [];

    /// <summary>Accepted styles; empty accepts all.</summary>
    public IReadOnlyList<string> Styles { get; init; } = [];

    /// <summary>Artists of whom at least one must be the work's; empty accepts all.</summary>
    public IReadOnlyList<string> Artists { get; init; } = [];

    /// <summary>Accepted keys; empty accepts all.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Tags of which the work must carry at least one; empty accepts all.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>
    /// Values of named fields (<see cref="Painting.Fields"/>): of every name given, the work must have at least one of the values given.
    /// Empty accepts all.
    /// </summary>
    public PaintingFields Fields { get; init; } = PaintingFields.Empty;

    /// <summary>The first accepted year, inclusive.</summary>
    public int? FromYear { get; init; }

    /// <summary>The last accepted year, inclusive.</summary>
    public int? ToYear { get; init; }

    /// <summary>Whether no condition is set, so that every work passes.</summary>
    public bool IsEmpty =>
        Genres.Count == 0 && Styles.Count == 0 && Artists.Count == 0 && Keys.Count == 0 && Tags.Count == 0
        && Fields.Count == 0 && FromYear is null && ToYear is null;

    /// <summary>Whether <paramref name="painting"/> passes: the definition that every store's translation must agree with.</summary>
    /// <param name="painting">The work to test.</param>
    /// <returns><see langword="true"/> when every condition that is set holds.</returns>
    public bool Matches(Painting painting)
    {
        ArgumentNullException.ThrowIfNull(painting);
        return AcceptsLabel(Genres, painting.Genre) && AcceptsLabel(Styles, painting.Style)
            && (Artists.Count == 0 || painting.Artists.Any(artist => AcceptsLabel(Artists, artist)))
            && (Keys.Count == 0 || Keys.Contains(painting.Key, StringComparer.Ordinal))
            && (Tags.Count == 0 || painting.Tags.Any(tag => AcceptsLabel(Tags, tag)))
            && Fields.All(accepted => painting.Fields.TryGetValue(accepted.Key, out IReadOnlyList<string>? values) && values.Any(value => AcceptsLabel(accepted.Value, value)))
            && (FromYear is null || painting.Year >= FromYear) && (ToYear is null || painting.Year <= ToYear);
    }

    /// <summary>Two filters are equal when every condition is, lists compared in order.</summary>
    /// <param name="other">The filter to compare with.</param>
    /// <returns>Whether all conditions are equal.</returns>
    public bool Equals(PaintingFilter? other) =>
        ReferenceEquals(this, other)
        || (other is not null && FromYear == other.FromYear && ToYear == other.ToYear
            && Genres.SequenceEqual(other.Genres) && Styles.SequenceEqual(other.Styles) && Artists.SequenceEqual(other.Artists)
            && Tags.SequenceEqual(other.Tags) && Keys.SequenceEqual(other.Keys) && Fields.Equals(other.Fields));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(FromYear);
        hash.Add(ToYear);
        hash.Add(Fields);
        foreach (IReadOnlyList<string> values in (IReadOnlyList<string>[])[Genres, Styles, Artists, Tags, Keys])
        {
            hash.Add(values.Count);
            foreach (string value in values)
            {
                hash.Add(value, StringComparer.Ordinal);
            }
        }

        return hash.ToHashCode();
    }

    private static bool AcceptsLabel(IReadOnlyList<string> accepted, string? value)
    {
        if (accepted.Count == 0)
        {
            return true;
        }

        return value is not null && accepted.Any(candidate => candidate is not null && LabelFolding.AreSame(candidate, value));
    }
}
