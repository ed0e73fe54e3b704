namespace ArtSimilarity.Graphs;

/// <summary>What graph files say of works and edges; both formats say the same.</summary>
internal static class GraphAttributes
{
    /// <summary>Of a work: the attribute's name, its type in both formats, and its value where the work has one.</summary>
    public static readonly (string Name, string GexfType, string GraphMlType, Func<Painting, string?> Value)[] OfWork =
    [
        ("key", "string", "string", work => work.Key),
        ("title", "string", "string", work => work.Title),
        ("artist", "string", "string", work => work.Artists.Count == 0 ? null : string.Join("; ", work.Artists)),
        ("genre", "string", "string", work => work.Genre),
        ("style", "string", "string", work => work.Style),
        ("year", "integer", "int", work => work.Year is int year ? XmlText.Of(year) : null),
        ("date", "string", "string", work => work.Date is { Text.Length: > 0 } date ? date.Text : null),
        ("earliest", "integer", "int", work => work.Date?.Earliest is int year ? XmlText.Of(year) : null),
        ("latest", "integer", "int", work => work.Date?.Latest is int year ? XmlText.Of(year) : null),
        ("image", "string", "string", work => work.ImageUri),
    ];

    /// <summary>Of an edge.</summary>
    public static readonly (string Name, string Type, Func<GraphEdge, string> Value)[] OfEdge =
    [
        ("distance", "double", edge => XmlText.Of(edge.Distance)),
        ("mutual", "boolean", edge => XmlText.Of(edge.IsMutual)),
    ];

    /// <summary>What a program writes beside a work.</summary>
    public static string LabelOf(Painting work) => XmlText.Of(work.Title ?? work.Key);

    /// <summary>How strong an edge pulls: above 0 and, for distances of 0 or above, at most 1. Layouts expect large weights for near works.</summary>
    public static string WeightOf(GraphEdge edge) => XmlText.Of(Math.Exp(-(double)edge.Distance));
}
