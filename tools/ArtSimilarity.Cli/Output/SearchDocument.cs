using System.Text.Json.Serialization;
using ArtSimilarity.Galleries;
using ArtSimilarity.Recognition;

namespace ArtSimilarity.Cli.Output;

internal sealed record SearchDocument(string Query, double Seconds, IReadOnlyList<SearchDocument.FoundWork> Results)
{
    /// <summary>The spaces that were searched at once, with weights that sum to 1; missing where none were named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SearchedSpace>? Spaces { get; init; }

    /// <summary>What works are to be like besides; missing, with <see cref="Unlike"/>, where the query is all that is asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Like { get; init; }

    /// <summary>What works are not to be like.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Unlike { get; init; }

    public sealed record FoundWork(
        string Key, float Distance, float Similarity, string? Title, string? Artist, string? Genre, string? Style, int? Year, string? Uri, IReadOnlyList<string> Tags, IReadOnlyList<string> Artists, IReadOnlyDictionary<string, IReadOnlyList<string>> Fields)
    {
        /// <summary>The distance in each of the spaces searched at once, in their order; missing where none were named.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<float>? Distances { get; init; }

        /// <summary>Which of the query and <see cref="Like"/> the work is nearest to; missing where the query is all that is asked.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? NearestTo { get; init; }

        /// <summary>Where in the work the match lies: left, top, width and height as fractions. Missing unless regions were searched.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<double>? Region { get; init; }

        /// <summary>The keys of further results that show the same work; missing without <c>--fold</c>.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<string>? Copies { get; init; }

        /// <summary>The view of the query that the work is nearest to; missing without <c>--photo</c> and <c>--mirror</c>.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public FoundView? View { get; init; }

        /// <summary>What the distance means in this gallery; missing unless <c>--ranks</c> asks for it.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public MeaningOfDistance? Statistics { get; init; }

        /// <summary>The date in the words of the catalogue; missing where there is a year alone, or nothing.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public DateFigures? Date { get; init; }

        public static FoundWork From(SimilarPainting found) => new(
            found.Painting.Key, found.Distance, found.Similarity, found.Painting.Title, found.Painting.Artist, found.Painting.Genre, found.Painting.Style, found.Painting.Year, found.Painting.ImageUri, found.Painting.Tags, found.Painting.Artists, new Dictionary<string, IReadOnlyList<string>>(found.Painting.Fields))
        {
            Date = DateFigures.From(found.Painting.Date),
        };
    }

    public sealed record MeaningOfDistance(int Rank, int? ReverseRank, double? Percentile, double HubCorrectedScore)
    {
        public static MeaningOfDistance? From(ResultStatistics? statistics) =>
            statistics is null ? null : new(statistics.Rank, statistics.ReverseRank, statistics.Percentile, statistics.HubCorrectedScore);
    }

    /// <param name="Kind">How the view came about.</param>
    /// <param name="Mirrored">Whether it is a mirror image.</param>
    /// <param name="Corners">What of the query it shows: corners clockwise from the top left one, as fractions of width and height.</param>
    public sealed record FoundView(string Kind, bool Mirrored, IReadOnlyList<IReadOnlyList<double>> Corners)
    {
        [JsonIgnore]
        public string Text => Mirrored ? Kind + ", mirrored" : Kind;

        public static FoundView From(PhotoView view) => new(IdentifyDocument.Word(view.Kind), view.IsMirrored, IdentifyDocument.CornersOf(view.Outline));
    }

    public sealed record SearchedSpace(string Name, string ModelId, double Weight);
}
