namespace ArtSimilarity.Recognition;

/// <summary>How sure a geometric match is.</summary>
/// <remarks>
/// A logistic curve over the number of agreeing features. Fitted by maximum likelihood on photographs of half of the works of <c>benchmarks/wild</c>: of works in
/// the gallery, and of others. The benchmark reports how it does on the other half.
/// </remarks>
public static class MatchProbability
{
    private const double Intercept = -5.6, PerInlier = 0.7;

    /// <summary>The probability that the query shows the very work.</summary>
    /// <param name="match">The match; <see langword="null"/> where there is none.</param>
    /// <returns>0 to 1.</returns>
    public static double Of(GeometricMatch? match) => match is null ? 0 : 1 / (1 + Math.Exp(-(Intercept + (PerInlier * match.Inliers))));
}
