namespace ArtSimilarity.Wild;

/// <summary>Fits the logistic curve of <see cref="ArtSimilarity.Recognition.MatchProbability"/> by maximum likelihood (Newton's method).</summary>
internal static class Calibration
{
    /// <summary>The curve 1 / (1 + exp(−(a + b·x))) that fits best, with a slight pull to 0 so that separable data have an answer.</summary>
    public static (double Intercept, double Slope) Fit(IReadOnlyList<(double X, bool IsRight)> evidence)
    {
        const double Pull = 0.01;
        double a = 0, b = 0;
        for (int step = 0; step < 50; step++)
        {
            double ga = -Pull * a, gb = -Pull * b, haa = Pull, hab = 0, hbb = Pull;
            foreach ((double x, bool isRight) in evidence)
            {
                double p = 1 / (1 + Math.Exp(-(a + (b * x)))), w = p * (1 - p), error = (isRight ? 1 : 0) - p;
                (ga, gb) = (ga + error, gb + (error * x));
                (haa, hab, hbb) = (haa + w, hab + (w * x), hbb + (w * x * x));
            }

            double determinant = (haa * hbb) - (hab * hab);
            a += ((hbb * ga) - (hab * gb)) / determinant;
            b += ((haa * gb) - (hab * ga)) / determinant;
        }

        return (a, b);
    }
}
