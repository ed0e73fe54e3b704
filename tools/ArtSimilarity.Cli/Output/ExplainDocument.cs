using System.Text.Json.Serialization;
using ArtSimilarity.Explaining;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Cli.Output;

/// <summary>Why two pictures are alike: <c>similarity</c> is <c>biasShare</c> plus all values of <c>partsOfA</c>, and just so with <c>partsOfB</c>.</summary>
internal sealed record ExplainDocument(
    string A,
    string B,
    string ModelId,
    double Seconds,
    double Similarity,
    double BiasShare,
    IReadOnlyList<ExplainDocument.Grid> PartsOfA,
    IReadOnlyList<ExplainDocument.Grid> PartsOfB)
{
    /// <summary>The part of A that was looked at: x, y, width and height; missing where it was all of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? RegionA { get; init; }

    /// <summary>The part of B that was looked at; missing where it was all of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? RegionB { get; init; }

    /// <summary>The point of <c>--point</c>; missing where none was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Point { get; init; }

    /// <summary>The places in B that correspond to the point, the best first; missing where no point was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Place>? Places { get; init; }

    public static IReadOnlyList<double>? Numbers(ImageRegion? region) => region is ImageRegion given ? [given.X, given.Y, given.Width, given.Height] : null;

    /// <param name="Columns">The columns of the grid over the picture, or over its region.</param>
    /// <param name="Rows">The rows.</param>
    /// <param name="Values">What each position adds, row by row.</param>
    public sealed record Grid(int Columns, int Rows, IReadOnlyList<double> Values)
    {
        public static Grid From(ContributionMap map) => new(map.Width, map.Height, map.Values);
    }

    public sealed record Place(double X, double Y, double Width, double Height, double Cosine, double Contribution)
    {
        public static Place From(Correspondence place) => new(place.Cell.X, place.Cell.Y, place.Cell.Width, place.Cell.Height, place.Cosine, place.Contribution);
    }
}
