using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy.Tests;

internal static class TestVectors
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
}
