using System.Numerics;
using ArtSimilarity.Annoy.Updating;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.Annoy.Searching;

/// <summary>One search over a forest and what was added to it and removed from it.</summary>
internal static unsafe class ForestSearch
{
    /// <summary>The work of looking at an item of a leaf, where that of a dot product is its number of floats.</summary>
    private const int ItemCost = 32;

    /// <summary>Finds the neighbours of the scratch's query.</summary>
    /// <returns>How many were written.</returns>
    public static int Find(Forest forest, IndexState state, SearchScratch scratch, Span<Neighbor> results, IdSet? filter, int candidates)
    {
        int k = Math.Min(results.Length, state.Count);
        if (k == 0)
        {
            return 0;
        }

        // Scores are single precision: a few more than asked for are kept, so that rounding at the edge loses none.
        scratch.Best.Clear((int)Math.Min(k + (k / 16L) + 16, state.Count));
        ReadOnlySpan<ulong> allowed = filter is null ? state.Live : Allow(forest, state.Live, filter, scratch);
        long matching = filter is null ? state.LiveCount : Bits.CountSet(allowed);
        long budget = Math.Max(candidates, k);
        ReadOnlySpan<ulong> passedOver = default;
        if (IsWorthWalking(forest.Count, matching, budget))
        {
            Span<ulong> remaining = scratch.Remaining(allowed.Length);
            allowed.CopyTo(remaining);
            if (TryWalk(forest, scratch, remaining, budget, matching * forest.Stride))
            {
                passedOver = remaining;
            }
        }

        Score(forest, scratch, allowed, passedOver);

        ScoreAdded(forest.Stride, state, scratch, filter);
        return WriteNearest(forest, state.Added, scratch, results[..k]);
    }

    /// <summary>
    /// Whether choosing candidates is cheaper than comparing all that match: measured, a row read in its order costs a third
    /// of one chosen by the trees, and the fewer match, the more items of the leaves are looked at for nothing.
    /// </summary>
    private static bool IsWorthWalking(int count, long matching, long budget) => matching > budget * (2 + ((double)count / matching));

    /// <summary>The rows that are live and in the filter.</summary>
    private static Span<ulong> Allow(Forest forest, ulong[] live, IdSet filter, SearchScratch scratch)
    {
        Span<ulong> allowed = scratch.Allowed(live.Length);
        ReadOnlySpan<ulong> words = filter.Words;
        if (forest.IdsAreRows)
        {
            int shared = Math.Min(words.Length, allowed.Length);
            for (int w = 0; w < shared; w++)
            {
                allowed[w] = live[w] & words[w];
            }

            allowed[shared..].Clear();
            return allowed;
        }

        allowed.Clear();
        if (filter.Count < forest.Count / 32)
        {
            for (int w = 0; w < words.Length; w++)
            {
                for (ulong bits = words[w]; bits != 0; bits &= bits - 1)
                {
                    int row = forest.RowOf((w << 6) + BitOperations.TrailingZeroCount(bits));
                    if (row >= 0)
                    {
                        Bits.Set(allowed, row);
                    }
                }
            }
        }
        else
        {
            ReadOnlySpan<int> ids = forest.Ids;
            for (int row = 0; row < ids.Length; row++)
            {
                if (filter.Contains(ids[row]))
                {
                    Bits.Set(allowed, row);
                }
            }
        }

        for (int w = 0; w < allowed.Length; w++)
        {
            allowed[w] &= live[w];
        }

        return allowed;
    }

    /// <summary>
    /// Walks all trees best-first, and clears the bit of every row met, until as many were cleared as there are candidates
    /// wanted or the trees are exhausted, each of which holds every row. Gives up when that costs more than comparing all
    /// rows that match would, as it does where they lie far from the query.
    /// </summary>
    /// <returns><see langword="false"/> when it gave up.</returns>
    private static bool TryWalk(Forest forest, SearchScratch scratch, Span<ulong> remaining, long wanted, long affordable)
    {
        Frontier frontier = scratch.Frontier;
        float* query = scratch.UnitQuery;
        int stride = forest.Stride;
        frontier.Clear();
        for (int tree = 0; tree < forest.TreeCount; tree++)
        {
            frontier.Push(0, tree, 0);
        }

        while (wanted > 0 && frontier.TryPop(out Frontier.Entry entry))
        {
            if (affordable < 0)
            {
                return false;
            }

            TreeNode* nodes = forest.Nodes(entry.Tree);
            float* planes = forest.Planes(entry.Tree);
            TreeNode node = nodes[entry.Node];
            while (node.Plane != TreeNode.Leaf)
            {
                // The nearer side costs nothing, so it is next; the farther one waits with the margin it would cross.
                float margin = node.Plane == TreeNode.Halved ? 0 : VectorKernels.Dot(query, planes + ((long)node.Plane * stride), stride);
                (int nearer, int farther) = margin > 0 ? (node.Second, node.First) : (node.First, node.Second);
                affordable -= stride;
                frontier.Push(Math.Min(entry.Priority, -Math.Abs(margin)), entry.Tree, farther);
                node = nodes[nearer];
            }

            affordable -= (long)ItemCost * node.Second;
            int* items = forest.Items(entry.Tree) + node.First;
            for (int i = 0; i < node.Second; i++)
            {
                int row = items[i];
                if (Bits.Has(remaining, row))
                {
                    Bits.Clear(remaining, row);
                    wanted--;
                }
            }
        }

        return true;
    }

    /// <summary>Offers the rows that are in one set and not in the other, in their order.</summary>
    private static void Score(Forest forest, SearchScratch scratch, ReadOnlySpan<ulong> rows, ReadOnlySpan<ulong> except)
    {
        for (int w = 0; w < rows.Length; w++)
        {
            ulong word = except.IsEmpty ? rows[w] : rows[w] & ~except[w];
            for (; word != 0; word &= word - 1)
            {
                int row = (w << 6) + BitOperations.TrailingZeroCount(word);
                float score = VectorKernels.Dot(scratch.UnitQuery, forest.Vector(row), forest.Stride) * forest.InverseNorm(row);
                scratch.Best.Offer(new BestCandidates.Candidate(score, forest.Ids[row], row));
            }
        }
    }

    private static void ScoreAdded(int stride, IndexState state, SearchScratch scratch, IdSet? filter)
    {
        for (int row = 0; row < state.AddedCount; row++)
        {
            int id = state.Added.Id(row);
            if (Bits.Has(state.AddedLive, row) && (filter is null || filter.Contains(id)))
            {
                float score = VectorKernels.Dot(scratch.UnitQuery, state.Added.Vector(row), stride) * state.Added.InverseNorm(row);
                scratch.Best.Offer(new BestCandidates.Candidate(score, id, ~row));
            }
        }
    }

    /// <summary>Orders the kept candidates by their distance in double precision.</summary>
    private static int WriteNearest(Forest forest, AddedRows added, SearchScratch scratch, Span<Neighbor> results)
    {
        ReadOnlySpan<BestCandidates.Candidate> kept = scratch.Best.Kept;
        Span<Neighbor> neighbors = scratch.Neighbors(kept.Length);
        for (int i = 0; i < kept.Length; i++)
        {
            int place = kept[i].Place;
            float* vector = place >= 0 ? forest.Vector(place) : added.Vector(~place);
            neighbors[i] = new Neighbor(kept[i].Id, AngularDistance.Between(scratch.Query, scratch.SquaredNorm, vector, forest.Dimensions));
        }

        neighbors.Sort();
        int found = Math.Min(neighbors.Length, results.Length);
        neighbors[..found].CopyTo(results);
        return found;
    }
}
