namespace ArtSimilarity.Guesses;

/// <summary>What a work's neighbours suggest that it is. It is a guess, never a fact of the catalogue.</summary>
public sealed class LabelGuess
{
    internal LabelGuess(string field, string value, double confidence, IReadOnlyList<KeyValuePair<string, double>> shares, int voterCount) =>
        (Field, Value, Confidence, Shares, VoterCount) = (field, value, confidence, shares, voterCount);

    /// <summary>What is guessed, as <see cref="LabelGuesser"/> was told it.</summary>
    public string Field { get; }

    /// <summary>The value guessed.</summary>
    public string Value { get; }

    /// <summary>How often such a guess was right for works held out, from 0 to 1.</summary>
    public double Confidence { get; }

    /// <summary>The share of the votes that each value has, the largest first; they sum to 1.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Shares { get; }

    /// <summary>How many neighbours had a say.</summary>
    public int VoterCount { get; }
}
