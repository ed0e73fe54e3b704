using System.Buffers;
using System.Runtime.InteropServices;
using ArtSimilarity.Galleries.Indexes;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>
/// One search over several feature spaces at once. Exact indexes are compared with as a whole. Approximate ones each name their
/// nearest, which are then compared in all spaces, until no other work can be nearer (the threshold algorithm of Fagin, Lotem and
/// Naor 2001). A work that no space has named is in each at least as far away as the last one named there.
/// </summary>
internal sealed class CombinedSearch(SharedWorks works, LiveIndex[] indexes, SpaceWeight[] weights, ReadOnlyMemory<float>[] queries, ISimilarityMetric metric)
{
    /// <summary>How many neighbours each space names at first: measured, see benchmarks/results/criteria.md.</summary>
    private const int FirstDepthPerNeighbor = 2, LeastDepth = 64;

    /// <summary>Once each space were to name this part of the works, all are compared instead: two such lists are a quarter of them, read in no order.</summary>
    private const int WholeFrom = 8;

    private readonly int _spaces = indexes.Length;

    /// <summary>Finds the nearest works.</summary>
    /// <param name="k">How many, at least 1.</param>
    /// <param name="filter">The ids in the first space that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="quality">The quality demanded of each index; <see langword="null"/> leaves it to them.</param>
    /// <param name="cancellationToken">Cancels between the spaces.</param>
    public async ValueTask<FoundSignatures> FindAsync(int k, IdSet? filter, double? quality, CancellationToken cancellationToken)
    {
        IdSet?[] allowed = [.. Enumerable.Range(0, _spaces).Select(space => works.Allowed(space, filter))];
        int count = allowed[0]?.Count ?? works.Count;
        if (Array.TrueForAll(indexes, index => index.IsExact(quality)))
        {
            return await CompareAllAsync(k, filter, allowed, cancellationToken).ConfigureAwait(false);
        }

        var candidates = new Candidates(_spaces);
        for (long depth = Math.Max(LeastDepth, (long)k * FirstDepthPerNeighbor); depth * WholeFrom < count; depth *= 2)
        {
            double unseen = 0; // the least sum of terms that a work no space has named can have
            for (int space = 0; space < _spaces; space++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ArraySegment<Neighbor> named = await indexes[space].SearchAsync(queries[space], (int)depth, allowed[space], quality, cancellationToken).ConfigureAwait(false);
                Note(candidates, space, named, isNew: true);
                unseen += named.Count < depth ? double.PositiveInfinity : CombinedDistance.Term(metric, weights[space].Weight, named[^1].Distance);
            }

            for (int space = 0; space < _spaces; space++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await CompareMissingAsync(candidates, space, cancellationToken).ConfigureAwait(false);
            }

            FoundSignatures found = Nearest(candidates, k);

            // An equal distance is not enough: the other work could come first by its id.
            if (found.Neighbors.Count == k && found.Neighbors[^1].Distance < CombinedDistance.FromSum(metric, unseen))
            {
                return found;
            }
        }

        return await CompareAllAsync(k, filter, allowed, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<FoundSignatures> CompareAllAsync(int k, IdSet? filter, IdSet?[] allowed, CancellationToken cancellationToken)
    {
        float[] distances = ArrayPool<float>.Shared.Rent(works.PlaceCount * _spaces);
        try
        {
            distances.AsSpan(0, works.PlaceCount * _spaces).Fill(float.NaN);
            for (int space = 0; space < _spaces; space++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Neighbor[] compared = ArrayPool<Neighbor>.Shared.Rent(indexes[space].MaxCount);
                int written = await indexes[space].CompareAsync(queries[space], compared, allowed[space], cancellationToken).ConfigureAwait(false);
                for (int i = 0; i < written; i++)
                {
                    if (works.PlaceOf(space, compared[i].Id) is int place and >= 0)
                    {
                        distances[(place * _spaces) + space] = compared[i].Distance;
                    }
                }

                ArrayPool<Neighbor>.Shared.Return(compared);
            }

            return NearestOfAll(k, filter, distances);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(distances);
        }
    }

    /// <param name="k">How many works.</param>
    /// <param name="filter">The ids in the first space that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="distances">The distances in each space, place by place.</param>
    private FoundSignatures NearestOfAll(int k, IdSet? filter, float[] distances)
    {
        var found = new Neighbor[Math.Min(k, works.Count)];
        var nearest = new NeighborHeap(found);
        bool isStale = false;
        for (int place = 0; place < works.PlaceCount; place++)
        {
            int id = works.IdOf(0, place);
            if (!works.Has(place) || (filter is not null && !filter.Contains(id)))
            {
                continue;
            }

            float distance = Combine(distances.AsSpan(place * _spaces, _spaces));
            if (float.IsNaN(distance))
            {
                isStale = true;
            }
            else
            {
                nearest.Offer(new Neighbor(id, distance));
            }
        }

        var neighbors = new ArraySegment<Neighbor>(found, 0, nearest.Sort());
        float[][] each = [.. neighbors.Select(neighbor => distances.AsSpan(works.PlaceOf(0, neighbor.Id) * _spaces, _spaces).ToArray())];
        return new FoundSignatures(neighbors, each, IsExact: true, works.Count, isStale);
    }

    /// <summary>Compares the candidates that a space has not named with the query there: a search that allows nothing else.</summary>
    private async ValueTask CompareMissingAsync(Candidates candidates, int space, CancellationToken cancellationToken)
    {
        var missing = new IdSet();
        for (int i = 0; i < candidates.Count; i++)
        {
            if (float.IsNaN(candidates.DistancesOf(i)[space]))
            {
                missing.Add(works.IdOf(space, candidates.PlaceOf(i)));
            }
        }

        if (missing.Count > 0)
        {
            var compared = new Neighbor[missing.Count];
            int written = await indexes[space].CompareAsync(queries[space], compared, missing, cancellationToken).ConfigureAwait(false);
            Note(candidates, space, compared.AsSpan(0, written), isNew: false);
        }
    }

    private void Note(Candidates candidates, int space, ReadOnlySpan<Neighbor> neighbors, bool isNew)
    {
        foreach (Neighbor neighbor in neighbors)
        {
            if (works.PlaceOf(space, neighbor.Id) is int place and >= 0)
            {
                candidates.DistancesOf(candidates.Find(place, isNew))[space] = neighbor.Distance;
            }
        }
    }

    private FoundSignatures Nearest(Candidates candidates, int k)
    {
        var found = new Neighbor[Math.Min(k, candidates.Count)];
        var nearest = new NeighborHeap(found);
        bool isStale = false;
        for (int i = 0; i < candidates.Count; i++)
        {
            float distance = Combine(candidates.DistancesOf(i));
            if (float.IsNaN(distance))
            {
                isStale = true;
            }
            else
            {
                nearest.Offer(new Neighbor(works.IdOf(0, candidates.PlaceOf(i)), distance));
            }
        }

        var neighbors = new ArraySegment<Neighbor>(found, 0, nearest.Sort());
        float[][] each = [.. neighbors.Select(neighbor => candidates.DistancesOf(candidates.Find(works.PlaceOf(0, neighbor.Id), add: false)).ToArray())];
        return new FoundSignatures(neighbors, each, IsExact: false, works.Count, isStale);
    }

    /// <summary>The combined distance; NaN where one is missing.</summary>
    private float Combine(ReadOnlySpan<float> distances)
    {
        double sum = 0;
        for (int space = 0; space < distances.Length; space++)
        {
            sum += CombinedDistance.Term(metric, weights[space].Weight, distances[space]);
        }

        return CombinedDistance.FromSum(metric, sum);
    }

    /// <summary>The works named so far and their distances in each space, NaN where none is known yet.</summary>
    private sealed class Candidates(int spaces)
    {
        private readonly Dictionary<int, int> _numbers = [];
        private readonly List<int> _places = [];
        private readonly List<float> _distances = [];

        public int Count => _places.Count;

        public int PlaceOf(int number) => _places[number];

        public Span<float> DistancesOf(int number) => CollectionsMarshal.AsSpan(_distances).Slice(number * spaces, spaces);

        /// <summary>The number of a work among the candidates, which it becomes where that is wanted.</summary>
        public int Find(int place, bool add)
        {
            if (!add)
            {
                return _numbers[place];
            }

            ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, place, out bool exists);
            if (!exists)
            {
                number = _places.Count;
                _places.Add(place);
                for (int space = 0; space < spaces; space++)
                {
                    _distances.Add(float.NaN);
                }
            }

            return number;
        }
    }
}
