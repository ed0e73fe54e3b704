using System.Buffers;
using System.Runtime.InteropServices;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Galleries;

/// <summary>
/// One search over several feature spaces at once. Exact indexes are compared with as a whole; approximate ones each name their
/// nearest, which are then compared in all spaces, until no other work can be nearer (the threshold algorithm of Fagin, Lotem and
/// Naor 2001): a work that no space has named is in each at least as far away as the last one named there.
/// </summary>
internal sealed class CombinedSearch(SharedWorks works, IndexLease[] leases, SpaceWeight[] weights, ReadOnlyMemory<float>[] queries, ISimilarityMetric metric)
{
    /// <summary>How many neighbours each space names at first: measured, see benchmarks/results/criteria.md.</summary>
    private const int FirstDepthPerNeighbor = 2, LeastDepth = 64;

    /// <summary>Once each space were to name this part of the works, all are compared instead: two such lists are a quarter of them, read in no order.</summary>
    private const int WholeFrom = 8;

    private readonly int _spaces = leases.Length;

    /// <summary>Finds the nearest works.</summary>
    /// <param name="k">How many, at least 1.</param>
    /// <param name="filter">The ids in the first space that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="quality">The quality demanded of each index; <see langword="null"/> leaves it to them.</param>
    /// <param name="cancellationToken">Cancels between the spaces.</param>
    public FoundSignatures Find(int k, IdSet? filter, double? quality, CancellationToken cancellationToken)
    {
        IdSet?[] allowed = [.. Enumerable.Range(0, _spaces).Select(space => works.Allowed(space, filter))];
        int count = allowed[0]?.Count ?? works.Count;
        if (Array.TrueForAll(leases, lease => lease.IsExact(quality)))
        {
            return CompareAll(k, filter, allowed, cancellationToken);
        }

        var candidates = new Candidates(_spaces);
        for (long depth = Math.Max(LeastDepth, (long)k * FirstDepthPerNeighbor); depth * WholeFrom < count; depth *= 2)
        {
            double unseen = 0; // the least sum of terms that a work no space has named can have
            for (int space = 0; space < _spaces; space++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReadOnlySpan<Neighbor> named = leases[space].Search(queries[space].Span, (int)depth, allowed[space], quality, cancellationToken);
                Note(candidates, space, named, isNew: true);
                unseen += named.Length < depth ? double.PositiveInfinity : CombinedDistance.Term(metric, weights[space].Weight, named[^1].Distance);
            }

            for (int space = 0; space < _spaces; space++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                CompareMissing(candidates, space, cancellationToken);
            }

            FoundSignatures found = Nearest(candidates, k);

            // An equal distance is not enough: the other work could come first by its id.
            if (found.Neighbors.Count == k && found.Neighbors[^1].Distance < CombinedDistance.FromSum(metric, unseen))
            {
                return found;
            }
        }

        return CompareAll(k, filter, allowed, cancellationToken);
    }

    private FoundSignatures CompareAll(int k, IdSet? filter, IdSet?[] allowed, CancellationToken cancellationToken)
    {
        int count = works.Count;
        float[] distances = ArrayPool<float>.Shared.Rent(count * _spaces);
        try
        {
            distances.AsSpan(0, count * _spaces).Fill(float.NaN);
            for (int space = 0; space < _spaces; space++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Neighbor[] compared = ArrayPool<Neighbor>.Shared.Rent(leases[space].Count);
                int written = leases[space].Compare(queries[space].Span, compared, allowed[space], cancellationToken);
                int next = 0;
                foreach (Neighbor neighbor in compared.AsSpan(0, written))
                {
                    if (works.PlaceOf(space, neighbor.Id, ref next) is int place and >= 0)
                    {
                        distances[(place * _spaces) + space] = neighbor.Distance;
                    }
                }

                ArrayPool<Neighbor>.Shared.Return(compared);
            }

            var places = new Neighbor[Math.Min(k, count)];
            var nearest = new NeighborHeap(places);
            bool isStale = false;
            for (int place = 0; place < count; place++)
            {
                if (filter is not null && !filter.Contains(works.IdOf(0, place)))
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
                    nearest.Offer(new Neighbor(place, distance));
                }
            }

            int kept = nearest.Sort();
            return Describe(places.AsSpan(0, kept), place => distances.AsSpan(place * _spaces, _spaces).ToArray(), isExact: true, isStale);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(distances);
        }
    }

    /// <summary>Compares the candidates that a space has not named with the query there: a search that allows nothing else.</summary>
    private void CompareMissing(Candidates candidates, int space, CancellationToken cancellationToken)
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
            Note(candidates, space, compared.AsSpan(0, leases[space].Compare(queries[space].Span, compared, missing, cancellationToken)), isNew: false);
        }
    }

    private void Note(Candidates candidates, int space, ReadOnlySpan<Neighbor> neighbors, bool isNew)
    {
        int next = 0;
        foreach (Neighbor neighbor in neighbors)
        {
            if (works.PlaceOf(space, neighbor.Id, ref next) is int place and >= 0)
            {
                candidates.DistancesOf(candidates.Find(place, isNew))[space] = neighbor.Distance;
            }
        }
    }

    private FoundSignatures Nearest(Candidates candidates, int k)
    {
        var places = new Neighbor[Math.Min(k, candidates.Count)];
        var nearest = new NeighborHeap(places);
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
                nearest.Offer(new Neighbor(candidates.PlaceOf(i), distance));
            }
        }

        int kept = nearest.Sort();
        return Describe(places.AsSpan(0, kept), place => candidates.DistancesOf(candidates.Find(place, add: false)).ToArray(), isExact: false, isStale);
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

    private FoundSignatures Describe(ReadOnlySpan<Neighbor> places, Func<int, float[]> distancesOf, bool isExact, bool isStale)
    {
        var neighbors = new Neighbor[places.Length];
        float[][] distances = new float[places.Length][];
        for (int i = 0; i < places.Length; i++)
        {
            neighbors[i] = places[i] with { Id = works.IdOf(0, places[i].Id) };
            distances[i] = distancesOf(places[i].Id);
        }

        return new FoundSignatures(neighbors, distances, isExact, isStale);
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
