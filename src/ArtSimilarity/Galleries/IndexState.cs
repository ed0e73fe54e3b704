using System.Globalization;
using ArtSimilarity.Features;

namespace ArtSimilarity.Galleries;

/// <summary>The state of the derived index of one feature space, at one moment.</summary>
public sealed class IndexState
{
    /// <summary>The feature space.</summary>
    public required FeatureSpace Space { get; init; }

    /// <summary>How it stands.</summary>
    public required IndexStatus Status { get; init; }

    /// <summary>The name of the index, such as <c>fastscan</c>; <see langword="null"/> where the gallery has none.</summary>
    public string? Index { get; init; }

    /// <summary>How many signatures the open index was built over; 0 while none is open.</summary>
    public int IndexedCount { get; init; }

    /// <summary>How many signatures were written and removed since the open index was built; 0 while none is open.</summary>
    public int ChangesSinceBuild { get; init; }

    /// <summary>How much of the running build is done, from 0 to 1; <see langword="null"/> while none runs.</summary>
    public double? BuildProgress { get; init; }

    /// <summary>Why and when the last build failed; <see langword="null"/> when it did not. It stays while the next one runs.</summary>
    public IndexBuildFailure? LastFailure { get; init; }

    /// <summary>The state in words.</summary>
    /// <returns>One line, such as <c>fastscan: behind by 12, built over 77000</c>.</returns>
    public override string ToString()
    {
        string state = Status switch
        {
            IndexStatus.None => "none; an exact scan answers",
            IndexStatus.NotOpen => "not open yet",
            IndexStatus.Building => string.Create(CultureInfo.InvariantCulture, $"building, {BuildProgress ?? 0:p0}"),
            IndexStatus.Current => "current",
            IndexStatus.Behind => string.Create(CultureInfo.InvariantCulture, $"behind by {ChangesSinceBuild}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"build failed at {LastFailure?.Time:u} ({LastFailure?.Failures} in a row): {LastFailure?.Cause.Message}"),
        };
        string over = IndexedCount == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", built over {IndexedCount}");
        return $"{(Index is null ? "" : Index + ": ")}{state}{over}";
    }
}
