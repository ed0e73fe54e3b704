using System.Text.Json.Serialization;
using ArtSimilarity.Duplicates;

namespace ArtSimilarity.Cli.Output;

internal sealed record DuplicatesDocument(int Works, IReadOnlyList<DuplicatesDocument.Group> Groups, int Unreadable, double Seconds)
{
    public sealed record Group(IReadOnlyList<Member> Works, IReadOnlyList<Pair> Pairs)
    {
        public static Group From(DuplicateGroup group, bool byPoints) => new(
            [.. group.Works.Select(work => new Member(work.Key, work.Title, work.Artist, work.Year, work.ImageUri))],
            [.. group.Pairs.Select(pair => new Pair(pair.First.Key, pair.Second.Key, pair.Distance, byPoints ? null : pair.Score, byPoints ? (int?)pair.Score : null))]);
    }

    public sealed record Member(string Key, string? Title, string? Artist, int? Year, string? Uri);

    /// <param name="Agreement">How well the pictures agree, laid over one another; <see langword="null"/> where they were not compared.</param>
    /// <param name="Points">How many local features agree; missing unless they were compared.</param>
    public sealed record Pair(string First, string Second, float Distance, double? Agreement, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Points);
}
