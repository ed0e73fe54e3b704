using ArtSimilarity.Guesses;

namespace ArtSimilarity.Cli.Output;

internal sealed record GuessDocument(string Query, IReadOnlyList<GuessDocument.FieldGuess> Guesses)
{
    /// <param name="Known">What the catalogue says, which the guess does not go by; <see langword="null"/> where it says nothing.</param>
    public sealed record FieldGuess(
        string Field, string? Value, double? Confidence, string? Known, int Voters, IReadOnlyList<Share> Shares, int HeldOut, double Accuracy, double CalibrationError, IReadOnlyList<ReliabilityBin> Reliability)
    {
        public static FieldGuess From(LabelGuesser guesser, LabelGuess? guess, string? known) => new(
            guesser.Field, guess?.Value, guess?.Confidence, known, guess?.VoterCount ?? 0, [.. guess?.Shares.Select(share => new Share(share.Key, share.Value)) ?? []], guesser.HeldOutCount, guesser.Accuracy, guesser.CalibrationError, guesser.Reliability);
    }

    public sealed record Share(string Value, double Votes);
}
