using System.Collections.Concurrent;
using ArtSimilarity.Features;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>
/// The distances between works of a gallery, for percentiles: all pairs of a sample. The sample are the works whose ids have the smallest hashes, so it is
/// the same for the same gallery. It is made anew once the gallery has changed.
/// </summary>
internal sealed class PairDistancesCache(IGalleryStore store, WorkSignatures signatures)
{
    /// <summary>130,816 pairs: the percentile has steps of less than 0.001.</summary>
    public const int SampleSize = 512;

    private readonly ConcurrentDictionary<string, (SpaceVersion[] Versions, PairDistances Distances)> _known = new(StringComparer.Ordinal);

    /// <summary>The distances in some spaces.</summary>
    /// <param name="spaces">The spaces, with weights that sum to 1.</param>
    /// <param name="cancellationToken">Cancels between works.</param>
    public async ValueTask<PairDistances> GetAsync(SpaceWeight[] spaces, CancellationToken cancellationToken)
    {
        IReadOnlyList<FeatureSpaceSummary> held = await store.GetFeatureSpacesAsync(cancellationToken).ConfigureAwait(false);
        SpaceVersion[] versions = Array.ConvertAll(spaces, space => held.FirstOrDefault(summary => summary.Space == space.Space)?.Version ?? default);
        string name = string.Join('\n', spaces.Select(space => $"{space.Weight:R} {space.Space}"));
        if (_known.TryGetValue(name, out (SpaceVersion[] Versions, PairDistances Distances) known) && known.Versions.AsSpan().SequenceEqual(versions))
        {
            return known.Distances;
        }

        var distances = new PairDistances(Compare(spaces, await SampleAsync(spaces, cancellationToken).ConfigureAwait(false)));
        _known[name] = (versions, distances);
        return distances;
    }

    /// <summary>Mixes the bits of an id (the finalizer of SplitMix64), so that neighbouring ids do not come together.</summary>
    private static ulong Hash(int id)
    {
        ulong x = (ulong)id + 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    /// <summary>Signatures of the sample: of each work one in each space.</summary>
    private async ValueTask<List<float[][]>> SampleAsync(SpaceWeight[] spaces, CancellationToken cancellationToken)
    {
        FeatureSpace first = spaces[0].Space;
        IdSet ids = await store.SelectAsync(first, new PaintingFilter(), cancellationToken).ConfigureAwait(false);

        // Some more than needed: a work may lack a signature in another space.
        int[] chosen = [.. ids.ToArray().OrderBy(Hash).Take(spaces.Length == 1 ? SampleSize : 4 * SampleSize)];
        List<float[][]> sample = [];
        foreach (Painting? painting in await store.GetPaintingsAsync(first, chosen, cancellationToken).ConfigureAwait(false))
        {
            if (painting is not null && sample.Count < SampleSize
                && await signatures.TryReadAsync(painting.Key, spaces, cancellationToken).ConfigureAwait(false) is (_, float[][] vectors))
            {
                sample.Add(vectors);
            }
        }

        return sample;
    }

    private float[] Compare(SpaceWeight[] spaces, List<float[][]> sample)
    {
        float[] distances = new float[sample.Count * (sample.Count - 1) / 2];
        int count = 0;
        for (int i = 0; i < sample.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                distances[count++] = signatures.DistanceOf(spaces, sample[i], sample[j]);
            }
        }

        Array.Sort(distances);
        return distances;
    }
}
