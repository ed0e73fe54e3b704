using System.Globalization;
using ArtSimilarity.Catalogues;

namespace ArtSimilarity.Cli.Output;

/// <summary>The columns of a table of works that not every table has: the date in words and its years, where a work has one, and every named field.</summary>
internal sealed class CatalogueColumns
{
    private static readonly string[] DateColumns = [ColumnMap.Date, ColumnMap.Earliest, ColumnMap.Latest];

    private readonly string[] _fields;
    private readonly bool _hasDates;

    /// <param name="works">The works of the table.</param>
    /// <param name="taken">The other columns.</param>
    public CatalogueColumns(IReadOnlyCollection<Painting> works, IEnumerable<string> taken)
    {
        _hasDates = works.Any(work => work.Date is not null);
        _fields = [.. works.SelectMany(work => work.Fields.Keys).DistinctBy(LabelFolding.Fold).Order(StringComparer.OrdinalIgnoreCase)];

        // A field that is called like another column must not be taken for it.
        string[] others = [.. taken, .. DateColumns];
        Names = [.. _hasDates ? DateColumns : [], .. _fields.Select(field => others.Contains(field, StringComparer.OrdinalIgnoreCase) ? $"{field} (field)" : field)];
    }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>What a work has in them.</summary>
    public IEnumerable<string?> Of(Painting work)
    {
        IEnumerable<string?> fields = _fields.Select(field => work.Fields.TryGetValue(field, out IReadOnlyList<string>? values) ? string.Join(" | ", values) : null);
        return _hasDates
            ? [work.Date?.Text, work.Date?.Earliest?.ToString(CultureInfo.InvariantCulture), work.Date?.Latest?.ToString(CultureInfo.InvariantCulture), .. fields]
            : fields;
    }
}
