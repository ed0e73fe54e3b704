namespace ArtSimilarity.Tuning;

/// <summary>Whether what was measured of an approximate index meets a demand.</summary>
public enum TuningVerdict
{
    /// <summary>Settings reach the quality in the time allowed, and other queries do not contradict it.</summary>
    Met,

    /// <summary>No settings reach the quality for sure.</summary>
    QualityNotReached,

    /// <summary>The fastest settings that reach the quality take longer than allowed.</summary>
    OverBudget,

    /// <summary>On the queries that had no part in the choice, even the upper end of the interval lies below the quality.</summary>
    NotConfirmed,
}
