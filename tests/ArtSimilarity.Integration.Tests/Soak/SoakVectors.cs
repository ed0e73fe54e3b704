namespace ArtSimilarity.Integration.Tests.Soak;

/// <summary>The signature of each version of a work: clustered as paintings are, and computed anew whenever it is asked for.</summary>
internal static class SoakVectors
{
    public const int Dimensions = 64;
    private const int Clusters = 40;

    public static float[] Of(int work, int version) => Around(work % Clusters, (work * 7919) + version);

    public static float[] Query(int seed) => Around(seed % Clusters, -1 - seed);

    /// <summary>√(2·(1−cos)), in double precision.</summary>
    public static double Distance(float[] x, float[] y)
    {
        double xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            xy += (double)x[i] * y[i];
            xx += (double)x[i] * x[i];
            yy += (double)y[i] * y[i];
        }

        return Math.Sqrt(2 * (1 - Math.Clamp(xy / Math.Sqrt(xx * yy), -1, 1)));
    }

    private static float[] Around(int cluster, int seed)
    {
        var centre = new Random(cluster);
        var random = new Random(seed);
        float[] vector = new float[Dimensions];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = centre.NextSingle() - 0.5f + (0.6f * (random.NextSingle() - 0.5f));
        }

        return vector;
    }
}
