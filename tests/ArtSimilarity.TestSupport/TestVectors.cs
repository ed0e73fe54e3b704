using System.Numerics.Tensors;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.TestSupport;

/// <summary>Sets of vectors for tests.</summary>
public static class TestVectors
{
    /// <summary>Vectors under ids 0, 1, …, of arithmetic that is the same on every machine.</summary>
    public static VectorSet Random(int count, int dimensions, ulong seed)
    {
        var set = new VectorSet(dimensions);
        var vector = new float[dimensions];
        ulong state = seed;
        for (int id = 0; id < count; id++)
        {
            for (int i = 0; i < dimensions; i++)
            {
                state = (state * 6364136223846793005) + 1442695040888963407;
                vector[i] = ((int)(state >> 40) - (1 << 23)) / (float)(1 << 23);
            }

            set.Add([id], vector);
        }

        return set;
    }

    /// <summary>
    /// Vectors under ids 0, 1, … of which vector i lies around centre i mod <paramref name="clusters"/>. Like signatures they
    /// vary along few directions, with a little noise in all.
    /// </summary>
    public static VectorSet Clustered(int count, int dimensions, int clusters, ulong seed)
    {
        const int directions = 12;
        VectorSet axes = Random(directions, dimensions, seed), centres = Random(clusters, directions, seed + 1);
        VectorSet places = Random(count, directions, seed + 2), noise = Random(count, dimensions, seed + 3);
        var set = new VectorSet(dimensions);
        var vector = new float[dimensions];
        for (int id = 0; id < count; id++)
        {
            TensorPrimitives.Multiply(noise[id], 0.05f, vector);
            for (int d = 0; d < directions; d++)
            {
                TensorPrimitives.MultiplyAdd(axes[d], centres[id % clusters][d] + (0.3f * places[id][d]), vector, vector);
            }

            set.Add([id], vector);
        }

        return set;
    }
}
