using ArtSimilarity.CommandLine;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Cli.Commands;

/// <summary>What a search does beyond finding the nearest works.</summary>
/// <param name="LeaveOut">Which works are left out; <see langword="null"/> for none.</param>
/// <param name="Diversity">How much the results are to differ, 0 to 1.</param>
/// <param name="HubCorrected">Whether hubs are corrected for.</param>
/// <param name="Ranks">Whether each result says what its distance means.</param>
/// <param name="MaxPercentile">The greatest percentile; <see langword="null"/> for any.</param>
internal sealed record SearchRefinement(ResultExclusions? LeaveOut, double Diversity, bool HubCorrected, bool Ranks, double? MaxPercentile)
{
    /// <exception cref="UsageException">No work of the gallery is searched by, and an option speaks of it.</exception>
    public void ThrowUnlessApplicable(bool hasWork)
    {
        string? option = LeaveOut switch
        {
            { SameArtist: true } => "--other-artists",
            { SameTitle: true } => "--other-titles",
            { SameImage: true } => "--without-copies",
            _ => null,
        };
        if (option is not null && !hasWork)
        {
            throw new UsageException($"{option} needs the key of a work to search by: of a picture the gallery does not know artist, title or copies.");
        }
    }
}
