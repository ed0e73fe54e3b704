using System.Globalization;
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

        /// <summary>Whether the points of the work agree surely enough with those of the photograph; missing unless works were verified.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public bool? Verified { get; init; }

        /// <summary>How sure it is that the photograph shows the work, 0 to 1; missing where the two were not compared.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? Probability { get; init; }

        /// <summary>How many local features agree; missing where the two were not compared, or where they do not agree.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? Points { get; init; }

        /// <summary>Why the work could not be compared with the photograph; missing as a rule.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Problem { get; init; }

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

        public FoundWork With(Verification? verification) => verification is null ? this : this with
        {
            Verified = verification.IsVerified,
            Probability = verification.Probability,
            Points = verification.Points,
            Problem = verification.Problem,
        };
    }

    /// <param name="IsVerified">Whether the points agree surely enough.</param>
    /// <param name="Probability">How sure it is that the photograph shows the work; <see langword="null"/> where the two were not compared.</param>
    /// <param name="Points">How many local features agree; <see langword="null"/> where they do not.</param>
    /// <param name="Problem">Why the two could not be compared; <see langword="null"/> as a rule.</param>
    public sealed record Verification(bool IsVerified, double? Probability, int? Points, string? Problem)
    {
        /// <summary>In a table: whether it is verified, and how sure that is.</summary>
        public string Text => Probability is double probability ? string.Create(CultureInfo.InvariantCulture, $"{(IsVerified ? "yes" : "no")}, {probability:0.00}") : "not compared";

        public static Verification From(IdentifiedCandidate candidate) => new(candidate.IsVerified, candidate.Probability, candidate.Match?.Inliers, candidate.Problem);
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
