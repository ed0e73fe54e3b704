namespace ArtSimilarity.Tuning;

/// <summary>Settings of a search that a tuning keeps.</summary>
internal interface ITunableSettings<TSelf>
    where TSelf : struct, ITunableSettings<TSelf>
{
    /// <summary>Settings with which the answer is exact.</summary>
    static abstract TSelf Exact { get; }

    /// <summary>Whether every number is there and in its range.</summary>
    bool IsComplete { get; }

    /// <summary>Settings that look at so many times as much.</summary>
    TSelf Times(double more);
}
