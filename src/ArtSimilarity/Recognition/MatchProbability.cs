namespace ArtSimilarity.Recognition;

/// <summary>How sure a geometric match is.</summary>
/// <remarks>
/// A logistic curve over the number of agreeing features, one half at 10. Chance made 8 agree, and once 9, in some 2,000 photographs, details and mirror images
/// that showed no work they were compared with. Paintings of one motif in one series can have more: 19 of two of Monet's views of Rouen cathedral.
/// <c>benchmarks/wild</c> fits such a curve on half of its works and reports the other half.
/// </remarks>
public static class MatchProbability
{
    private const double Intercept = -7, PerInlier = 0.7;

    /// <summary>The probability that the query shows the very work.</summary>
    /// <param name="match">The match; <see langword="null"/> where there is none.</param>
    /// <returns>0 to 1.</returns>
    public static double Of(GeometricMatch? match) => match is null ? 0 : 1 / (1 + Math.Exp(-(Intercept + (PerInlier * match.Inliers))));
}
