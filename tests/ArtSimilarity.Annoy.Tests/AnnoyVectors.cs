using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy.Tests;

/// <summary>Sets of vectors, the ordinary and the degenerate, by name.</summary>
internal static class AnnoyVectors
{
    /// <param name="name">clustered, holes, duplicates, zeros, bits.</param>
    /// <param name="count">How many vectors.</param>
    /// <param name="dimensions">Their length.</param>
    /// <param name="seed">Where the random choices start.</param>
    public static VectorSet Create(string name, int count, int dimensions, int seed)
    {
        var random = new Random(seed);
        float[][] centres = [.. Enumerable.Range(0, 20).Select(_ => Numbers(random, dimensions, 2))];
        var set = new VectorSet(dimensions);
        for (int i = 0; i < count; i++)
        {
            float[] vector = [.. Numbers(random, dimensions, 1).Zip(centres[random.Next(centres.Length)], (own, centre) => own + centre)];
            switch (name)
            {
                case "holes":
                    set.Add([(i * 3) + 7 - (i % 2)], vector);
                    break;
                case "duplicates":
                    // Every fourth vector is new.
                    set.Add([i], i % 4 == 0 ? vector : set[i - 1]);
                    break;
                case "zeros":
                    set.Add([i], i % 5 == 0 ? new float[dimensions] : vector);
                    break;
                case "bits":
                    set.Add([i], [.. vector.Select(number => number > 0 ? 1f : 0f)]);
                    break;
                default:
                    set.Add([i], vector);
                    break;
            }
        }

        return set;
    }

    /// <summary>Vectors to ask for: some of the set's own, others of its kind, and zero.</summary>
    public static VectorSet Queries(string name, VectorSet set, int seed)
    {
        VectorSet queries = Create(name == "bits" ? "bits" : "clustered", 25, set.Dimensions, seed);
        for (int i = 0; i < 10 && set.Count > 0; i++)
        {
            queries.Add([queries.Count], set[i * 7919 % set.Count]);
        }

        queries.Add([queries.Count], new float[set.Dimensions]);
        return queries;
    }

    /// <summary>About normally distributed, of arithmetic that is the same everywhere.</summary>
    private static float[] Numbers(Random random, int count, float scale) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f) * 2 * scale)];
}
