using ArtSimilarity;
using ArtSimilarity.Galleries;

namespace SimArt.Collections;

/// <summary>A work with what is needed to find it by words and labels, folded once.</summary>
internal sealed class CatalogueWork
{
    private readonly Dictionary<string, string[]> _labels = new(StringComparer.Ordinal);

    public CatalogueWork(StoredWork work)
    {
        Painting = work.Painting;
        ContentHash = work.ContentHash;
        Spaces = [.. work.Spaces.Select(space => space.ToString())];
        Text = LabelFolding.Fold(string.Join('\n', [Painting.Title ?? "", .. Painting.Artists, Painting.Key, Painting.Genre ?? "", Painting.Style ?? "",
            Painting.Date?.Text ?? "", .. Painting.Tags, .. Painting.Fields.SelectMany(field => field.Value)]));
    }

    public Painting Painting { get; }

    public string ContentHash { get; }

    public IReadOnlyList<string> Spaces { get; }

    /// <summary>All that is written about the work, folded.</summary>
    public string Text { get; }

    /// <summary>The work's labels of a facet, as the catalogue writes them.</summary>
    public IReadOnlyList<string> LabelsOf(string facet) => facet switch
    {
        CatalogueFacets.Genre => Painting.Genre is string genre ? [genre] : [],
        CatalogueFacets.Style => Painting.Style is string style ? [style] : [],
        CatalogueFacets.Artist => Painting.Artists,
        CatalogueFacets.Tag => Painting.Tags,
        CatalogueFacets.Period => Painting.Year is int year ? [CatalogueFacets.PeriodOf(year)] : [],
        _ => Painting.Fields.TryGetValue(facet[CatalogueFacets.FieldPrefix.Length..], out IReadOnlyList<string>? values) ? values : [],
    };

    /// <summary>The same labels as they are compared.</summary>
    public string[] FoldedLabelsOf(string facet)
    {
        lock (_labels)
        {
            if (!_labels.TryGetValue(facet, out string[]? folded))
            {
                _labels[facet] = folded = [.. LabelsOf(facet).Select(LabelFolding.Fold)];
            }

            return folded;
        }
    }
}
