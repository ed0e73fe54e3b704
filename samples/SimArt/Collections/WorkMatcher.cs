using ArtSimilarity;
using SimArt.Api;

namespace SimArt.Collections;

/// <summary>Says which works a filter lets pass, as <see cref="PaintingFilter"/> does, and words besides.</summary>
internal sealed class WorkMatcher
{
    private readonly List<(string Facet, HashSet<string> Accepted)> _labels = [];
    private readonly string[] _words;
    private readonly int? _from, _to;

    public WorkMatcher(WorkFilter filter)
    {
        Add(CatalogueFacets.Genre, filter.Genres);
        Add(CatalogueFacets.Style, filter.Styles);
        Add(CatalogueFacets.Artist, filter.Artists);
        Add(CatalogueFacets.Tag, filter.Tags);
        foreach ((string name, string[] values) in filter.Fields ?? [])
        {
            Add(CatalogueFacets.FieldPrefix + name, values);
        }

        (_from, _to) = (filter.From, filter.To);
        _words = LabelFolding.Fold(filter.Q ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    public bool Matches(CatalogueWork work) => MatchesWords(work) && MatchesYears(work) && _labels.TrueForAll(label => Accepts(label, work));

    /// <summary>The one facet whose choice alone keeps the work out; <see langword="null"/> where none or several do.</summary>
    public string? OnlyFailure(CatalogueWork work, out bool matches)
    {
        matches = false;
        if (!MatchesWords(work))
        {
            return null;
        }

        string? failed = MatchesYears(work) ? null : CatalogueFacets.Period;
        foreach ((string Facet, HashSet<string> Accepted) label in _labels)
        {
            if (!Accepts(label, work))
            {
                if (failed is not null)
                {
                    return null;
                }

                failed = label.Facet;
            }
        }

        matches = failed is null;
        return failed;
    }

    public bool IsChosen(string facet, string value) =>
        facet == CatalogueFacets.Period
            ? _from is not null && _to is not null && value == CatalogueFacets.PeriodOf(_from.Value) && value == CatalogueFacets.PeriodOf(_to.Value)
            : _labels.Exists(label => label.Facet == facet && label.Accepted.Contains(LabelFolding.Fold(value)));

    private static bool Accepts((string Facet, HashSet<string> Accepted) label, CatalogueWork work) =>
        Array.Exists(work.FoldedLabelsOf(label.Facet), label.Accepted.Contains);

    private void Add(string facet, string[]? accepted)
    {
        if (accepted is { Length: > 0 })
        {
            _labels.Add((facet, accepted.Select(LabelFolding.Fold).ToHashSet(StringComparer.Ordinal)));
        }
    }

    private bool MatchesWords(CatalogueWork work) => Array.TrueForAll(_words, word => work.Text.Contains(word, StringComparison.Ordinal));

    private bool MatchesYears(CatalogueWork work) => (_from is null || work.Painting.Year >= _from) && (_to is null || work.Painting.Year <= _to);
}
