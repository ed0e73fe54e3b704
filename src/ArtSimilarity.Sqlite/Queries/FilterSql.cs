using System.Globalization;
using System.Text;
using ArtSimilarity.Galleries;
using ArtSimilarity.Sqlite.Rows;

namespace ArtSimilarity.Sqlite.Queries;

/// <summary>A filter as the conditions of a query over <c>works AS w</c>; there are few texts, so each is prepared once.</summary>
internal sealed class FilterSql
{
    private readonly StringBuilder _conditions = new("1");
    private readonly List<object?> _arguments;

    /// <param name="filter">The filter to translate.</param>
    /// <param name="before">The arguments that come before the filter's.</param>
    public FilterSql(PaintingFilter filter, params ReadOnlySpan<object?> before)
    {
        _arguments = [.. before];
        AddLabels("w.genre_folded IN (SELECT value FROM json_each({0}))", filter.Genres);
        AddLabels("w.style_folded IN (SELECT value FROM json_each({0}))", filter.Styles);
        AddLabels($"w.id IN (SELECT work_id FROM labels WHERE name = '{WorkLabels.Artist}' AND folded IN (SELECT value FROM json_each({{0}})))", filter.Artists);
        AddList("w.key IN (SELECT value FROM json_each({0}))", filter.Keys);
        AddLabels("w.id IN (SELECT work_id FROM tags WHERE folded IN (SELECT value FROM json_each({0})))", filter.Tags);
        foreach ((string name, IReadOnlyList<string> values) in filter.Fields)
        {
            _arguments.Add(LabelFolding.Fold(name));
            string parameter = "$" + _arguments.Count.ToString(CultureInfo.InvariantCulture);
            AddLabels($"w.id IN (SELECT work_id FROM labels WHERE name = {parameter} AND folded IN (SELECT value FROM json_each({{0}})))", values);
        }

        if (filter.FromYear is int from)
        {
            Add("w.year >= {0}", from);
        }

        if (filter.ToYear is int to)
        {
            Add("w.year <= {0}", to);
        }
    }

    public string Conditions => _conditions.ToString();

    /// <summary>
    /// The ids of the signatures of a space ($1) above an id ($2) of the works that pass. The plus sign keeps SQLite from looking a work's signature up in
    /// the index by space. It would read that from end to end for every work.
    /// </summary>
    public string SelectSignatures => $"SELECT s.id FROM works w CROSS JOIN signatures s ON s.work_id = w.id AND s.space_id = $1 AND +s.id > $2 WHERE {Conditions}";

    public object?[] Arguments => [.. _arguments];

    private void AddLabels(string condition, IReadOnlyList<string> labels) =>
        AddList(condition, [.. labels.Where(EntryValidation.IsStorable).Select(LabelFolding.Fold)], labels.Count > 0);

    private void AddList(string condition, IReadOnlyList<string> values) => AddList(condition, values, values.Count > 0);

    private void AddList(string condition, IReadOnlyList<string> values, bool isSet)
    {
        if (isSet)
        {
            Add(condition, JsonList.Of(values));
        }
    }

    private void Add(string condition, object argument)
    {
        _arguments.Add(argument);
        string parameter = "$" + _arguments.Count.ToString(CultureInfo.InvariantCulture);
        _conditions.Append(" AND ").Append(condition.Replace("{0}", parameter, StringComparison.Ordinal));
    }
}
