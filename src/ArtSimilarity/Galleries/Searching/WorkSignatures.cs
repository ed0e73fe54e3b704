using ArtSimilarity.Metrics;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>Reads the signatures of works one by one, and compares them.</summary>
internal sealed class WorkSignatures(IGalleryStore store, ISimilarityMetric metric)
{
    /// <summary>A work's signature in each space and its id in the first; <see langword="null"/> where one is missing.</summary>
    public async ValueTask<(int Id, float[][] Vectors)?> TryReadAsync(string key, SpaceWeight[] spaces, CancellationToken cancellationToken)
    {
        float[][] vectors = new float[spaces.Length][];
        int id = 0;
        for (int i = 0; i < spaces.Length; i++)
        {
            if (await store.GetSignatureAsync(spaces[i].Space, key, cancellationToken).ConfigureAwait(false) is not (int found, float[] vector))
            {
                return null;
            }

            (id, vectors[i]) = (i == 0 ? found : id, vector);
        }

        return (id, vectors);
    }

    /// <summary>The distance of two works.</summary>
    public float DistanceOf(SpaceWeight[] spaces, float[][] x, float[][] y)
    {
        if (spaces.Length == 1)
        {
            return metric.Distance(x[0], y[0]);
        }

        double sum = 0;
        for (int i = 0; i < spaces.Length; i++)
        {
            sum += CombinedDistance.Term(metric, spaces[i].Weight, metric.Distance(x[i], y[i]));
        }

        return CombinedDistance.FromSum(metric, sum);
    }
}
