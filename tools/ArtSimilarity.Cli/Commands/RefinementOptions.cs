using System.CommandLine;
using System.CommandLine.Parsing;
using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Galleries;

namespace ArtSimilarity.Cli.Commands;

/// <summary>The options of <c>artsim search</c> that leave works out, spread them, and say what distances mean.</summary>
internal sealed class RefinementOptions
{
    private readonly Option<bool> _otherArtists = new("--other-artists") { Description = "Leave out works of the artists of the work that is searched by." };
    private readonly Option<bool> _otherTitles = new("--other-titles") { Description = "Leave out works with the title of the work that is searched by." };
    private readonly Option<bool> _withoutCopies = new("--without-copies") { Description = "Leave out works whose image file is that of the work that is searched by." };
    private readonly Option<string[]> _notArtist = new("--not-artist") { Description = "Leave out works of this artist. May be given several times.", HelpName = "NAME", Arity = ArgumentArity.OneOrMore };
    private readonly Option<double?> _diversity = CommonOptions.Within(
        "--diversity", "How much the results are to differ from one another (maximal marginal relevance): 0 is the order of the distances, e.g. 0.3.", "D", 0, 1);

    private readonly Option<bool> _hubCorrected = new("--hub-corrected") { Description = "Order by the hub-corrected score (CSLS), which lowers works that are near to everything." };
    private readonly Option<bool> _ranks = new("--ranks") { Description = "Say what each distance means in this gallery: the rank, the rank in the other direction, the percentile and the hub-corrected score." };
    private readonly Option<double?> _maxPercentile = CommonOptions.Within(
        "--max-percentile", "Only works that are nearer than all but P of 100 pairs of the gallery's works, e.g. 0.1.", "P", 0, 100);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_otherArtists, _otherTitles, _withoutCopies, _notArtist, _diversity, _hubCorrected, _ranks, _maxPercentile])
        {
            command.Add(option);
        }
    }

    /// <summary>Whether an option is given that reorders results or says what their distances mean.</summary>
    public bool Reorders(SymbolResult result) =>
        ((Option[])[_diversity, _hubCorrected, _ranks, _maxPercentile]).Any(option => result.GetResult(option) is not null);

    public SearchRefinement Read(ParseResult parsed)
    {
        var leaveOut = new ResultExclusions
        {
            SameArtist = parsed.GetValue(_otherArtists),
            SameTitle = parsed.GetValue(_otherTitles),
            SameImage = parsed.GetValue(_withoutCopies),
            Artists = parsed.GetValue(_notArtist) ?? [],
        };
        return new SearchRefinement(
            leaveOut.SameArtist || leaveOut.SameTitle || leaveOut.SameImage || leaveOut.Artists.Count > 0 ? leaveOut : null,
            parsed.GetValue(_diversity) ?? 0,
            parsed.GetValue(_hubCorrected),
            parsed.GetValue(_ranks),
            parsed.GetValue(_maxPercentile));
    }
}
