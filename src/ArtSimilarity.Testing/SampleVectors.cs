using ArtSimilarity.Indexing;

namespace ArtSimilarity.Testing;

/// <summary>Vectors drawn from a seed, for tests of indexes.</summary>
public static class SampleVectors
{
    /// <summary>A vector whose numbers are normally distributed.</summary>
    /// <param name="dimensions">Its length.</param>
    /// <param name="seed">Tells one vector from another.</param>
    /// <returns>The vector.</returns>
    public static float[] Vector(int dimensions, int seed)
    {
        var vector = new float[dimensions];
        Fill(vector, new Random(seed), 1);
        return vector;
    }

    /// <summary>A vector of whole numbers from -2 to 2: many distances between such vectors are equal.</summary>
    /// <param name="dimensions">Its length.</param>
    /// <param name="seed">Tells one vector from another.</param>
    /// <returns>The vector.</returns>
    public static float[] SmallIntegers(int dimensions, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, dimensions).Select(_ => (float)random.Next(-2, 3))];
    }

    /// <summary>Vectors under ids 0, 1, … whose numbers are normally distributed.</summary>
    /// <param name="count">How many.</param>
    /// <param name="dimensions">The length of each.</param>
    /// <param name="seed">Tells one set from another.</param>
    /// <returns>The vectors.</returns>
    public static VectorSet Gaussian(int count, int dimensions, int seed)
    {
        var set = new VectorSet(dimensions);
        var random = new Random(seed);
        var vector = new float[dimensions];
        for (int id = 0; id < count; id++)
        {
            Fill(vector, random, 1);
            set.Add([id], vector);
        }

        return set;
    }

    /// <summary>Vectors under ids 0, 1, …: vector i lies in cluster i mod <paramref name="clusters"/>, spread along 8 directions of that cluster's own and a little noise.</summary>
    /// <param name="count">How many.</param>
    /// <param name="dimensions">The length of each.</param>
    /// <param name="clusters">The number of clusters.</param>
    /// <param name="seed">Tells where the clusters lie.</param>
    /// <param name="sampleSeed">Tells which vectors are drawn from them; <see langword="null"/> for one more than <paramref name="seed"/>.</param>
    /// <returns>The vectors.</returns>
    public static VectorSet Clustered(int count, int dimensions, int clusters, int seed, int? sampleSeed = null)
    {
        const int directions = 8;
        var shapes = new Random(seed);
        var centres = new float[clusters][];
        var axes = new float[clusters][];
        for (int c = 0; c < clusters; c++)
        {
            Fill(centres[c] = new float[dimensions], shapes, 1);
            Fill(axes[c] = new float[directions * dimensions], shapes, 0.3);
        }

        var random = new Random(sampleSeed ?? (seed + 1));
        var set = new VectorSet(dimensions);
        var vector = new float[dimensions];
        var weights = new float[directions];
        for (int id = 0; id < count; id++)
        {
            Fill(vector, random, 0.05);
            Fill(weights, random, 1);
            int c = id % clusters;
            for (int i = 0; i < dimensions; i++)
            {
                vector[i] += centres[c][i];
                for (int d = 0; d < directions; d++)
                {
                    vector[i] += weights[d] * axes[c][(d * dimensions) + i];
                }
            }

            set.Add([id], vector);
        }

        return set;
    }

    /// <summary>The vectors by their ids.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <returns>A copy of each.</returns>
    public static Dictionary<int, float[]> ToModel(VectorSet vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var model = new Dictionary<int, float[]>();
        for (int row = 0; row < vectors.Count; row++)
        {
            model.Add(vectors.Ids[row], vectors[row].ToArray());
        }

        return model;
    }

    private static void Fill(Span<float> vector, Random random, double scale)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }
    }
}
