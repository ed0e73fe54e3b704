namespace ArtSimilarity.Galleries;

/// <summary>A build of an index that failed, with those before it.</summary>
public sealed class IndexBuildFailure
{
    /// <summary>What the build threw.</summary>
    public required Exception Cause { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How many builds in a row have failed, this one included.</summary>
    public required int Failures { get; init; }
}
