using System.Text.Json.Serialization;

namespace SimArt.Api;

// What is asked. All of it may be missing or wrong: the endpoints check it.

/// <summary>Which works may be returned.</summary>
internal sealed record WorkFilter
{
    public string[]? Genres { get; init; }
    public string[]? Styles { get; init; }
    public string[]? Artists { get; init; }
    public string[]? Tags { get; init; }
    public string[]? Keys { get; init; }
    public Dictionary<string, string[]>? Fields { get; init; }
    public int? From { get; init; }
    public int? To { get; init; }
    /// <summary>Words that all occur in what is written about the work.</summary>
    public string? Q { get; init; }
}
/// <summary>A work or an upload, or a detail of one: x, y, width and height as fractions.</summary>
internal sealed record PictureReference(string? Key, string? Upload, double[]? Region);
internal sealed record SearchPart(string? Key, string? Upload, double[]? Region, bool Unwanted = false, double Weight = 1);
internal sealed record SpaceChoice(string? Id, double Weight = 1);
internal sealed record SearchRequest
{
    public SearchPart[]? Parts { get; init; }
    public SpaceChoice[]? Spaces { get; init; }
    public int K { get; init; } = 24;
    /// <summary>Only results that are nearer than this many per cent of the gallery's pairs.</summary>
    public double? Relevance { get; init; }
    public double Surprise { get; init; }
    public bool SameArtist { get; init; } = true;
    public bool SameTitle { get; init; } = true;
    public WorkFilter? Filter { get; init; }
    /// <summary>Whether results say how near they are for this gallery, and their ranks looking back: one more search for each.</summary>
    public bool Ranks { get; init; }
    public bool Fold { get; init; }
    public bool InRegions { get; init; }
    public bool Photo { get; init; }
}
internal sealed record IdentifyRequest(string? Upload, WorkFilter? Filter);
internal sealed record ExplainRequest(PictureReference? A, PictureReference? B, string? Space);
internal sealed record PointsRequest(PictureReference? A, PictureReference? B, string? Space, double X, double Y, int Count = 5);
internal sealed record IiifRequest(string? Uri);
internal sealed record ExportItem(string? Key, string? Note);
internal sealed record ExportRequest(string? Format, ExportItem[]? Items, string? Title);

// What is answered.

internal sealed record WorkAnswer(string Key)
{
    public string? Title { get; init; }
    public required IReadOnlyList<string> Artists { get; init; }
    public string? Genre { get; init; }
    public string? Style { get; init; }
    public string? Date { get; init; }
    public int? Year { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Fields { get; init; }
    public string? Thumbnail { get; init; }
    public string? Image { get; init; }
    public string? Iiif { get; init; }
    public string? Manifest { get; init; }
    /// <summary>The spaces that have a signature of the work; only where one work is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Spaces { get; init; }
}
internal sealed record IndexingAnswer(int Done, int Total, int Failed, string State, string Message);
internal sealed record SpaceAnswer(
    string Id, string Title, string Description, int Works, bool IsDefault, bool TakesImages, bool Explains, bool HasRegions, string ModelHash, int Dimensions);
internal sealed record FieldAnswer(string Name, string Label);
internal sealed record LimitsAnswer(long UploadBytes, long UploadPixels, double UploadMinutes);
internal sealed record GalleryAnswer(
    string Name, int Works, IReadOnlyList<SpaceAnswer> Spaces, IReadOnlyList<FieldAnswer> Fields, IndexingAnswer? Indexing, LimitsAnswer Limits, IReadOnlyList<string> IiifHosts, string Version);
internal sealed record WorksAnswer(int Total, int Offset, IReadOnlyList<WorkAnswer> Items);
internal sealed record FacetChoice(string Value, string Label, int Count, bool Selected);
internal sealed record FacetAnswer(string Name, string Label, IReadOnlyList<FacetChoice> Values, int Distinct);
internal sealed record FacetsAnswer(int Total, IReadOnlyList<FacetAnswer> Facets);
internal sealed record UploadAnswer(string Id, int Width, int Height, string Image, DateTimeOffset Expires, IReadOnlyList<string> Warnings);
internal sealed record CopyAnswer(WorkAnswer Work, float Distance);
internal sealed record ResultAnswer(
    WorkAnswer Work, int? Rank, float Distance, float Similarity, double? Percentile, int? ReverseRank, double? HubScore, double[]? Region, int Part, string? View,
    IReadOnlyList<CopyAnswer> Copies, bool Copy = false);
internal sealed record SearchAnswer(
    IReadOnlyList<ResultAnswer> Results, int WorksSearched, bool Exact, double ExtractMs, double SearchMs, IReadOnlyList<string> Warnings, IReadOnlyList<SpaceChoice> Spaces);
internal sealed record CandidateAnswer(WorkAnswer Work, double? Probability, int? Points, double[][]? Outline, double[]? Shown, bool Mirrored, float Distance, string? Problem);
internal sealed record IdentifyAnswer(CandidateAnswer? Match, double Probability, IReadOnlyList<CandidateAnswer> Candidates, double Seconds);
internal sealed record HeatAnswer(int Columns, int Rows, IReadOnlyList<double> Values);
internal sealed record ExplainAnswer(double Similarity, double Bias, HeatAnswer A, HeatAnswer B);
internal sealed record PointAnswer(double[] Region, double Cosine, double Contribution);
internal sealed record PointsAnswer(IReadOnlyList<PointAnswer> Points);
internal sealed record NearAnswer(WorkAnswer Work, float Distance);
internal sealed record GenealogyAnswer(WorkAnswer Work, IReadOnlyList<NearAnswer> Earlier, IReadOnlyList<NearAnswer> Later);
internal sealed record PathAnswer(IReadOnlyList<WorkAnswer> Works, IReadOnlyList<float> Distances, double Length);
internal sealed record NodeAnswer(WorkAnswer Work, double X, double Y);
internal sealed record EdgeAnswer(int From, int To, float Distance, bool Mutual);
internal sealed record GraphAnswer(IReadOnlyList<NodeAnswer> Nodes, IReadOnlyList<EdgeAnswer> Edges, bool Truncated);
internal sealed record MapAnswer(
    string Space, int Count, IReadOnlyList<string> Keys, IReadOnlyList<string> Titles, IReadOnlyList<double> X, IReadOnlyList<double> Y, int Cell, int PerSheet, int Columns,
    IReadOnlyList<string> Sheets, string Thumbnail);
internal sealed record MapFilterAnswer(IReadOnlyList<int> Indices);
internal sealed record ShareAnswer(string Value, double Share);
internal sealed record GuessAnswer(
    string Field, string Label, string Value, double Confidence, string By, double? Accuracy, int? Voters, IReadOnlyList<ShareAnswer> Alternatives, string? Known);
internal sealed record GuessesAnswer(IReadOnlyList<GuessAnswer> Guesses);
internal sealed record LinkSettings(int WorksSearched, string Metric);
internal sealed record LinkAnswer(
    WorkAnswer A, WorkAnswer B, string Space, string ModelHash, float Distance, int? RankOfBFromA, int? RankOfAFromB, LinkSettings Settings, DateTimeOffset Measured);
