namespace ArtSimilarity.Tuning;

/// <summary>What the text forms of all tunings have in common.</summary>
internal interface ITuningDocument<TSettings>
    where TSettings : struct
{
    int Version { get; }

    int Count { get; }

    int Dimensions { get; }

    IReadOnlyList<TuningPoint<TSettings>> Points { get; }
}
