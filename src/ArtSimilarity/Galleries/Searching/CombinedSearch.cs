using System.Buffers;
using System.Runtime.InteropServices;
using ArtSimilarity.Galleries.Indexes;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.Galleries.Searching;

/// <summary>
/// One search for several views, or over several feature spaces, at once. Exact indexes are compared with as a whole. Approximate ones
/// name the nearest to each wanted view. Those are then compared with all views in all spaces, until no other work can be nearer (the
/// threshold algorithm of Fagin, Lotem and Naor 2001). A work that was never named is from each view, in each space, at least as far away as
/// the last one named for it.
/// </summary>
/// <param name="works">The works of the spaces; <see langword="null"/> where one space is searched, whose ids are then the places.</param>
/// <param name="indexes">The index of each space.</param>
/// <param name="query">What is asked.</param>
/// <param name="metric">The metric.</param>
internal sealed class CombinedSearch(SharedWorks? works, LiveIndex[] indexes, SearchedQuery query, ISimilarityMetric metric)
{
    /// <summary>How many neighbours each space names at first: measured, see benchmarks/results/criteria.md.</summary>
    private const int FirstDepthPerNeighbor = 2, LeastDepth = 64;

    /// <summary>Once each space were to name this part of the works, all are compared instead: two such lists are a quarter of them, read in no order.</summary>
    private const int WholeFrom = 8;

    private readonly int _spaces = indexes.Length, _columns = query.Vectors.Length;
    private readonly double[] _terms = new double[query.Shape.ViewCount];
    private readonly int _workCount = works?.Count ?? indexes[0].MaxCount;

    /// <summary>Finds the nearest works.</summary>
    /// <param name="k">How many, at least 1.</param>
    /// <param name="filter">The ids in the first space that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="quality">The quality demanded of each index; <see langword="null"/> leaves it to them.</param>
    /// <param name="cancellationToken">Cancels between the spaces.</param>
    public async ValueTask<FoundSignatures> FindAsync(int k, IdSet? filter, double? quality, CancellationToken cancellationToken)
    {
        IdSet?[] allowed = [.. Enumerable.Range(0, _spaces).Select(space => works is null ? filter : works.Allowed(space, filter))];
        int count = allowed[0]?.Count ?? _workCount;
        if (Array.TrueForAll(indexes, index => index.IsExact(quality)))
        {
            return await CompareAllAsync(k, filter, allowed, cancellationToken).ConfigureAwait(false);
        }

        var candidates = new Candidates(_columns);
        double[] unseen = new double[query.Shape.ViewCount]; // the least term that a work never named can have for each view
        for (long depth = Math.Max(LeastDepth, (long)k * FirstDepthPerNeighbor); depth * WholeFrom < count; depth *= 2)
        {
            Array.Clear(unseen);
            for (int column = 0; column < _columns; column++)
            {
                (int view, int space) = Math.DivRem(column, _spaces);
                if (query.Shape.IsWanted[view])
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    ArraySegment<Neighbor> named = await indexes[space].SearchAsync(query.Vectors[column], (int)depth, allowed[space], quality, cancellationToken).ConfigureAwait(false);
                    Note(candidates, column, named, isNew: true);
                    unseen[view] += named.Count < depth ? double.PositiveInfinity : CombinedDistance.Term(metric, query.Spaces[space].Weight, named[^1].Distance);
                }
            }

            for (int column = 0; column < _columns; column++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await CompareMissingAsync(candidates, column, cancellationToken).ConfigureAwait(false);
            }

            FoundSignatures found = Nearest(candidates, k);

            // An equal distance is not enough: the other work could come first by its id.
            if (found.Neighbors.Count == k && found.Neighbors[^1].Distance < query.Shape.AtLeast(metric, unseen))
            {
                return found;
            }
        }

        return await CompareAllAsync(k, filter, allowed, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<FoundSignatures> CompareAllAsync(int k, IdSet? filter, IdSet?[] allowed, CancellationToken cancellationToken)
    {
        int places = works?.PlaceCount ?? indexes[0].LastId + 1;
        float[] distances = ArrayPool<float>.Shared.Rent(checked(places * _columns));
        try
        {
            distances.AsSpan(0, places * _columns).Fill(float.NaN);
            for (int column = 0; column < _columns; column++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int space = column % _spaces;
                Neighbor[] compared = ArrayPool<Neighbor>.Shared.Rent(indexes[space].MaxCount);
                int written = await indexes[space].CompareAsync(query.Vectors[column], compared, allowed[space], cancellationToken).ConfigureAwait(false);
                for (int i = 0; i < written; i++)
                {
                    int place = PlaceOf(space, compared[i].Id);
                    if ((uint)place < (uint)places)
                    {
                        distances[(place * _columns) + column] = compared[i].Distance;
                    }
                }

                ArrayPool<Neighbor>.Shared.Return(compared);
            }

            return NearestOfAll(k, filter, places, distances);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(distances);
        }
    }

    /// <param name="k">How many works.</param>
    /// <param name="filter">The ids in the first space that may be returned; <see langword="null"/> allows all.</param>
    /// <param name="places">The number of places.</param>
    /// <param name="distances">The distances from each view in each space, place by place.</param>
    private FoundSignatures NearestOfAll(int k, IdSet? filter, int places, float[] distances)
    {
        var found = new Neighbor[Math.Min(k, works?.Count ?? places)];
        var nearest = new NeighborHeap(found);
        bool isStale = false;
        for (int place = 0; place < places; place++)
        {
            int id = works?.IdOf(0, place) ?? place;
            if ((works is not null && !works.Has(place)) || (filter is not null && !filter.Contains(id)))
            {
                continue;
            }

            float distance = query.Shape.Combine(metric, query.Spaces, distances.AsSpan(place * _columns, _columns), _terms);
            if (!float.IsNaN(distance))
            {
                nearest.Offer(new Neighbor(id, distance));
            }
            else if (works is not null)
            {
                isStale = true; // of one space, a place may be empty
            }
        }

        var neighbors = new ArraySegment<Neighbor>(found, 0, nearest.Sort());
        ResultDetails[] details = [.. neighbors.Select(neighbor => Describe(distances.AsSpan(PlaceOf(0, neighbor.Id) * _columns, _columns)))];
        return new FoundSignatures(neighbors, details, IsExact: true, _workCount, isStale);
    }

    /// <summary>Compares the candidates that were not named for a view in a space with it: a search that allows nothing else.</summary>
    private async ValueTask CompareMissingAsync(Candidates candidates, int column, CancellationToken cancellationToken)
    {
        int space = column % _spaces;
        var missing = new IdSet();
        for (int i = 0; i < candidates.Count; i++)
        {
            if (float.IsNaN(candidates.DistancesOf(i)[column]))
            {
                int place = candidates.PlaceOf(i);
                missing.Add(works?.IdOf(space, place) ?? place);
            }
        }

        if (missing.Count > 0)
        {
            var compared = new Neighbor[missing.Count];
            int written = await indexes[space].CompareAsync(query.Vectors[column], compared, missing, cancellationToken).ConfigureAwait(false);
            Note(candidates, column, compared.AsSpan(0, written), isNew: false);
        }
    }

    private void Note(Candidates candidates, int column, ReadOnlySpan<Neighbor> neighbors, bool isNew)
    {
        foreach (Neighbor neighbor in neighbors)
        {
            if (PlaceOf(column % _spaces, neighbor.Id) is int place and >= 0)
            {
                candidates.DistancesOf(candidates.Find(place, isNew))[column] = neighbor.Distance;
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
            float distance = query.Shape.Combine(metric, query.Spaces, candidates.DistancesOf(i), _terms);
            if (float.IsNaN(distance))
            {
                isStale = true;
            }
            else
            {
                int place = candidates.PlaceOf(i);
                nearest.Offer(new Neighbor(works?.IdOf(0, place) ?? place, distance));
            }
        }

        var neighbors = new ArraySegment<Neighbor>(found, 0, nearest.Sort());
        ResultDetails[] details = [.. neighbors.Select(neighbor => Describe(candidates.DistancesOf(candidates.Find(PlaceOf(0, neighbor.Id), add: false))))];
        return new FoundSignatures(neighbors, details, IsExact: false, _workCount, isStale);
    }

    private int PlaceOf(int space, int id) => works?.PlaceOf(space, id) ?? id;

    private ResultDetails Describe(ReadOnlySpan<float> distances)
    {
        (int Part, int View) best = query.Shape.BestOf(metric, query.Spaces, distances);
        return new ResultDetails
        {
            SpaceDistances = distances.Slice(query.Shape.ViewNumber(best) * _spaces, _spaces).ToArray(),
            PartIndex = best.Part,
            ViewIndex = best.View,
        };
    }

    /// <summary>The works named so far and their distances from each view in each space, NaN where none is known yet.</summary>
    private sealed class Candidates(int columns)
    {
        private readonly Dictionary<int, int> _numbers = [];
        private readonly List<int> _places = [];
        private readonly List<float> _distances = [];

        public int Count => _places.Count;

        public int PlaceOf(int number) => _places[number];

        public Span<float> DistancesOf(int number) => CollectionsMarshal.AsSpan(_distances).Slice(number * columns, columns);

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
                for (int column = 0; column < columns; column++)
                {
                    _distances.Add(float.NaN);
                }
            }

            return number;
        }
    }
}
