namespace ArtSimilarity.Tuning;

/// <summary>Chooses the settings of a search by what was measured.</summary>
internal static class TunedSettings
{
    /// <summary>The fastest settings measured to reach a quality; those with which the answer is exact where none does.</summary>
    /// <param name="points">The measurements.</param>
    /// <param name="tunedCount">The number of vectors that were searched then.</param>
    /// <param name="k">The number of neighbours to find.</param>
    /// <param name="quality">The quality, above 0 and at most 1.</param>
    /// <param name="count">The number of vectors of the index to search.</param>
    public static TSettings For<TSettings>(IReadOnlyList<TuningPoint<TSettings>> points, int tunedCount, int k, double quality, int count)
        where TSettings : struct, ITunableSettings<TSettings>
    {
        // The nearest numbers of neighbours that were measured, on either side. (No LINQ: every search comes by here.)
        int below = 0, above = int.MaxValue;
        for (int i = 0; i < points.Count; i++)
        {
            int measured = points[i].K;
            below = measured <= k ? Math.Max(below, measured) : below;
            above = measured >= k ? Math.Min(above, measured) : above;
        }

        TSettings settings = TSettings.Exact;
        double least = double.PositiveInfinity;
        for (int i = 0; i < points.Count; i++)
        {
            TuningPoint<TSettings> point = points[i];
            if ((point.K == below || point.K == above) && point.Quality >= quality)
            {
                double more = Math.Max(1, (double)k / point.K);
                if (point.Milliseconds * more < least)
                {
                    least = point.Milliseconds * more;
                    settings = point.Settings.Times(more);
                }
            }
        }

        return settings.Times(Math.Max(1, (double)count / tunedCount));
    }
}
