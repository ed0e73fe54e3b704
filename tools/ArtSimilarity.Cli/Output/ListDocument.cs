using System.Text.Json.Serialization;

namespace ArtSimilarity.Cli.Output;

internal sealed record ListDocument(int Total, IReadOnlyList<ListDocument.ListedWork> Works)
{
    public sealed record ListedWork(
        string Key, string? Title, string? Artist, string? Genre, string? Style, int? Year, string? Uri, IReadOnlyList<string> Tags, IReadOnlyList<string> Artists, IReadOnlyDictionary<string, IReadOnlyList<string>> Fields)
    {
        /// <summary>The date in the words of the catalogue; missing where there is a year alone, or nothing.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public DateFigures? Date { get; init; }

        public static ListedWork From(Painting work) => new(work.Key, work.Title, work.Artist, work.Genre, work.Style, work.Year, work.ImageUri, work.Tags, work.Artists, new Dictionary<string, IReadOnlyList<string>>(work.Fields))
        {
            Date = DateFigures.From(work.Date),
        };
    }
}
