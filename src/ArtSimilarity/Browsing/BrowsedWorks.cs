namespace ArtSimilarity.Browsing;

/// <summary>All works of a gallery at one moment. Immutable; any number of threads may use it.</summary>
public sealed class BrowsedWorks
{
    private readonly Dictionary<string, BrowsedWork> _byKey, _byImage;

    internal BrowsedWorks(IReadOnlyList<BrowsedWork> works)
    {
        Works = works;
        _byKey = works.ToDictionary(work => work.Painting.Key, StringComparer.Ordinal);
        _byImage = new Dictionary<string, BrowsedWork>(works.Count, StringComparer.Ordinal);
        foreach (BrowsedWork work in works)
        {
            _byImage.TryAdd(work.ContentHash, work);
        }

        FieldNames = [.. works.SelectMany(work => work.Painting.Fields.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).DistinctBy(LabelFolding.Fold, StringComparer.Ordinal)];
    }

    /// <summary>The works, by key.</summary>
    public IReadOnlyList<BrowsedWork> Works { get; }

    /// <summary>The names of the catalogue's own fields, in order. Of spellings that differ in case or accents alone there is one.</summary>
    public IReadOnlyList<string> FieldNames { get; }

    /// <summary>The work of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The work; <see langword="null"/> where there is none.</returns>
    public BrowsedWork? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>A work that has this picture.</summary>
    /// <param name="contentHash">SHA-256 of the picture, in hexadecimal digits.</param>
    /// <returns>The first such work by key; <see langword="null"/> where there is none.</returns>
    public BrowsedWork? FindByImage(string contentHash) => _byImage.GetValueOrDefault(contentHash);

    /// <summary>The works that a query lets pass.</summary>
    /// <param name="query">The query.</param>
    /// <param name="order">Their order. Works that are equal in it come by key.</param>
    /// <returns>The works, found while they are read.</returns>
    public IEnumerable<BrowsedWork> Select(WorkQuery query, WorkOrder order = WorkOrder.Key)
    {
        ArgumentNullException.ThrowIfNull(query);
        WorkMatcher matcher = new(query);
        IEnumerable<BrowsedWork> found = Works.Where(matcher.Matches);
        return order switch
        {
            WorkOrder.Key => found,
            WorkOrder.Title => found.OrderBy(work => work.Painting.Title is null).ThenBy(work => Folded(work.Painting.Title), StringComparer.Ordinal),
            WorkOrder.Artist => found.OrderBy(work => work.Painting.Artist is null).ThenBy(work => Folded(work.Painting.Artist)?.Split(' ')[^1], StringComparer.Ordinal)
                .ThenBy(work => Folded(work.Painting.Artist), StringComparer.Ordinal).ThenBy(work => work.Painting.Year ?? int.MaxValue),
            WorkOrder.Oldest => found.OrderBy(work => work.Painting.Year ?? int.MaxValue),
            WorkOrder.Newest => found.OrderByDescending(work => work.Painting.Year ?? int.MinValue),
            _ => throw new ArgumentOutOfRangeException(nameof(order), order, "There is no such order."),
        };
    }

    /// <summary>
    /// Counts the values of every facet that has any. What a facet's own choice keeps out is counted all the same, so that a second value can be chosen.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="maxValues">How many values of a facet to return, at least 1.</param>
    /// <returns>Genre, style, artist, period, tag and the fields, in this order.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxValues"/> is below 1.</exception>
    public IReadOnlyList<FacetCounts> CountFacets(WorkQuery query, int maxValues = 100)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxValues, 1);
        string[] facets = [Facet.Genre, Facet.Style, Facet.Artist, Facet.Period, Facet.Tag, .. FieldNames.Select(name => Facet.FieldPrefix + name)];
        var counts = facets.ToDictionary(Facet.Canonical, _ => new Dictionary<string, int>(StringComparer.Ordinal));
        WorkMatcher matcher = new(query);
        foreach (BrowsedWork work in Works)
        {
            string? failed = matcher.OnlyFailure(work, out bool matches);
            foreach (string facet in matches ? counts.Keys : failed is not null && counts.ContainsKey(failed) ? (IEnumerable<string>)[failed] : [])
            {
                Dictionary<string, int> values = counts[facet];
                foreach (string label in Facet.LabelsOf(work.Painting, facet).Distinct(StringComparer.Ordinal))
                {
                    values[label] = values.GetValueOrDefault(label) + 1;
                }
            }
        }

        return [.. facets.Select(facet => (Facet: facet, Counts: counts[Facet.Canonical(facet)])).Where(facet => facet.Counts.Count > 0).Select(facet => new FacetCounts(
            facet.Facet,
            [.. Ordered(facet.Facet, facet.Counts).Take(maxValues).Select(value => new FacetValue(value.Key, value.Value, matcher.IsChosen(facet.Facet, value.Key)))],
            facet.Counts.Count))];
    }

    private static string? Folded(string? label) => label is null ? null : LabelFolding.Fold(label);

    private static IEnumerable<KeyValuePair<string, int>> Ordered(string facet, Dictionary<string, int> counts) =>
        facet == Facet.Period
            ? counts.OrderBy(value => Facet.FirstYear(value.Key))
            : counts.OrderByDescending(value => value.Value).ThenBy(value => value.Key, StringComparer.Ordinal);
}
