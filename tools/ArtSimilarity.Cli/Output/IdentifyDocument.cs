using System.Text.Json.Serialization;
using ArtSimilarity.Imaging;
using ArtSimilarity.Recognition;

namespace ArtSimilarity.Cli.Output;

/// <summary>Which work a photograph shows: <c>match</c> is null where it shows none.</summary>
/// <param name="Match">The work.</param>
/// <param name="Probability">How sure the likeliest candidate is, 0 to 1, whether it counts as a match or not.</param>
/// <param name="Region">The corners of the work in the photograph, clockwise from its top left one, as fractions of width and height; null without a match.</param>
/// <param name="Candidates">What was considered, the likeliest first.</param>
/// <param name="Seconds">The time it took.</param>
internal sealed record IdentifyDocument(
    IdentifyDocument.Work? Match, double Probability, IReadOnlyList<IReadOnlyList<double>>? Region, IReadOnlyList<IdentifyDocument.Candidate> Candidates, double Seconds)
{
    public static IdentifyDocument From(Identification found) => new(
        found.Match is { } match ? Work.From(match) : null,
        found.Probability,
        found.Outline is { } outline ? CornersOf(outline) : null,
        [.. found.Candidates.Select(Candidate.From)],
        JsonDocuments.Seconds(found.Elapsed));

    public static string Word(PhotoViewKind kind) => kind switch
    {
        PhotoViewKind.Whole => "whole",
        PhotoViewKind.Crop => "crop",
        PhotoViewKind.FoundPicture => "found picture",
        _ => "inside found picture",
    };

    public static IReadOnlyList<IReadOnlyList<double>> CornersOf(Quadrilateral outline) => [.. outline.Corners().Select(corner => (IReadOnlyList<double>)[corner.X, corner.Y])];

    /// <param name="Shown">Which part of the work the photograph shows: left, top, width and height as fractions.</param>
    public sealed record Work(string Key, string? Title, IReadOnlyList<string> Artists, bool Mirrored, IReadOnlyList<double> Shown)
    {
        public static Work From(IdentifiedCandidate candidate)
        {
            ImageRegion shown = candidate.Match!.VisibleRegion;
            return new(candidate.Painting.Key, candidate.Painting.Title, candidate.Painting.Artists, candidate.IsMirrored, [shown.X, shown.Y, shown.Width, shown.Height]);
        }
    }

    /// <param name="Points">How many local features agree; missing where it was not compared, or where they do not agree.</param>
    /// <param name="View">The view of the photograph that it is nearest to.</param>
    public sealed record Candidate(
        string Key,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Points,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Probability,
        double Distance,
        string View,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Problem)
    {
        public static Candidate From(IdentifiedCandidate candidate) => new(
            candidate.Painting.Key, candidate.Match?.Inliers, candidate.Probability, candidate.Similar.Distance, Word(candidate.View!.Kind), candidate.Problem);
    }
}
