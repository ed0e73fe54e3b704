namespace ArtSimilarity.Browsing;

/// <summary>Says which works a query lets pass, as <see cref="PaintingFilter.Matches"/> does, with labels that were folded before.</summary>
internal sealed class WorkMatcher
{
    private readonly List<(string Facet, HashSet<string> Accepted)> _labels = [];
    private readonly HashSet<string>? _keys;
    private readonly string[] _words;
    private readonly int? _from, _to;

    public WorkMatcher(WorkQuery query)
    {
        PaintingFilter filter = query.Filter ?? new PaintingFilter();
        Add(Facet.Genre, filter.Genres);
        Add(Facet.Style, filter.Styles);
        Add(Facet.Artist, filter.Artists);
        Add(Facet.Tag, filter.Tags);
        foreach ((string name, IReadOnlyList<string> values) in filter.Fields)
        {
            Add(Facet.Canonical(Facet.FieldPrefix + name), values);
        }

        (_from, _to) = (filter.FromYear, filter.ToYear);
        _keys = filter.Keys.Count == 0 ? null : new HashSet<string>(filter.Keys, StringComparer.Ordinal);
        _words = LabelFolding.Fold(query.Words ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    public bool Matches(BrowsedWork work)
    {
        OnlyFailure(work, out bool matches);
        return matches;
    }

    /// <summary>The one facet whose choice alone keeps the work out; <see langword="null"/> where none or several do.</summary>
    public string? OnlyFailure(BrowsedWork work, out bool matches)
    {
        matches = false;
        if (!Array.TrueForAll(_words, word => work.Text.Contains(word, StringComparison.Ordinal)) || _keys?.Contains(work.Painting.Key) == false)
        {
            return null;
        }

        string? failed = (_from is null || work.Painting.Year >= _from) && (_to is null || work.Painting.Year <= _to) ? null : Facet.Period;
        foreach ((string facet, HashSet<string> accepted) in _labels)
        {
            if (!Array.Exists(work.LabelsOf(facet), accepted.Contains))
            {
                if (failed is not null)
                {
                    return null;
                }

                failed = facet;
            }
        }

        matches = failed is null;
        return failed;
    }

    public bool IsChosen(string facet, string value) =>
        facet == Facet.Period
            ? _from is int from && _to is int to && value == Facet.PeriodOf(from) && value == Facet.PeriodOf(to)
            : _labels.Exists(label => label.Facet == Facet.Canonical(facet) && label.Accepted.Contains(LabelFolding.Fold(value)));

    private void Add(string facet, IReadOnlyList<string> accepted)
    {
        if (accepted.Count > 0)
        {
            _labels.Add((facet, accepted.OfType<string>().Select(LabelFolding.Fold).ToHashSet(StringComparer.Ordinal)));
        }
    }
}
