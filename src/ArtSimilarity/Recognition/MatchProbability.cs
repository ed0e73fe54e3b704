namespace ArtSimilarity.Recognition;

/// <summary>How sure a geometric match is.</summary>
/// <remarks>
/// A logistic curve over the number of agreeing features, one half at 8. Its numbers were set after a first measurement: of photographs of other works none
/// had five agreeing features, and right works had 13 or more. <c>benchmarks/wild</c> fits such a curve on half of its works and reports the other half.
/// </remarks>
public static class MatchProbability
{
    private const double Intercept = -5.6, PerInlier = 0.7;

    /// <summary>The probability that the query shows the very work.</summary>
    /// <param name="match">The match; <see langword="null"/> where there is none.</param>
    /// <returns>0 to 1.</returns>
    public static double Of(GeometricMatch? match) => match is null ? 0 : 1 / (1 + Math.Exp(-(Intercept + (PerInlier * match.Inliers))));
}
