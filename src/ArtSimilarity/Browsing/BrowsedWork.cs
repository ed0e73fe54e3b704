using System.Collections.Concurrent;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Browsing;

/// <summary>A work with what is needed to find it by words and labels, folded once. Any number of threads may use it.</summary>
public sealed class BrowsedWork
{
    private readonly ConcurrentDictionary<string, string[]> _labels = new(StringComparer.Ordinal);

    internal BrowsedWork(StoredWork work)
    {
        Painting = work.Painting;
        ContentHash = work.ContentHash;
        Spaces = work.Spaces;
        Text = LabelFolding.Fold(string.Join('\n', [Painting.Title ?? "", .. Painting.Artists, Painting.Key, Painting.Genre ?? "", Painting.Style ?? "",
            Painting.Date?.Text ?? "", .. Painting.Tags, .. Painting.Fields.SelectMany(field => field.Value)]));
    }

    /// <summary>The work.</summary>
    public Painting Painting { get; }

    /// <summary>SHA-256 of its picture, in hexadecimal digits.</summary>
    public string ContentHash { get; }

    /// <summary>The feature spaces that it has a signature in.</summary>
    public IReadOnlyList<Features.FeatureSpace> Spaces { get; }

    /// <summary>All that is written about it, folded.</summary>
    internal string Text { get; }

    /// <summary>Its labels of a facet, folded. Those it has none of are not kept: the names of fields may come from strangers.</summary>
    internal string[] LabelsOf(string facet)
    {
        if (_labels.TryGetValue(facet, out string[]? labels))
        {
            return labels;
        }

        labels = [.. Facet.LabelsOf(Painting, facet).Select(LabelFolding.Fold)];
        return labels.Length == 0 ? labels : _labels.GetOrAdd(facet, labels);
    }
}
