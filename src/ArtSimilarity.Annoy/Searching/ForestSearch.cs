using System.Numerics;
using System.Runtime.CompilerServices;
using ArtSimilarity.Annoy.Nodes;
using ArtSimilarity.ByteCodes;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Numerics;
using ArtSimilarity.Searching;

namespace ArtSimilarity.Annoy.Searching;

/// <summary>Searches the built items of a forest.</summary>
internal sealed unsafe class ForestSearch
{
    /// <summary>
    /// To read a candidate from a leaf costs about an eighth of comparing an item by its codes: a filter that makes the trees list
    /// more than that lets all it allows be compared instead.
    /// </summary>
    private const int ReadsPerComparison = 8;

    /// <summary>Rows are asked for so many candidates ahead.</summary>
    private const int Ahead = 12;

    private const float SingleRounding = 1.2e-7f;

    private const double SmallestProduct = 1e-20, LargestProduct = 1e30;

    private readonly AnnoyNodes _nodes;
    private readonly CompactItems _compact;
    private readonly int[] _ids;
    private readonly int[] _roots;
    private readonly bool _idsAreDense;
    private readonly int _items;

    /// <param name="nodes">The file.</param>
    /// <param name="compact">Its items in 8 bits.</param>
    /// <param name="ids">The id of each item, ascending.</param>
    /// <param name="roots">The roots, in the order of the trees.</param>
    /// <param name="all">All items.</param>
    public ForestSearch(AnnoyNodes nodes, CompactItems compact, int[] ids, int[] roots, LiveRows all)
    {
        (_nodes, _compact, _ids, _roots) = (nodes, compact, ids, roots);
        _idsAreDense = ids.Length == 0 || ids[^1] == ids.Length - 1;
        _items = all.Count;
    }

    /// <summary>The item with an id, or −1.</summary>
    public int ItemOf(int id) => _idsAreDense ? ((uint)id < (uint)_ids.Length ? id : -1) : Math.Max(-1, Array.BinarySearch(_ids, id));

    /// <summary>Finds the built items nearest to a query.</summary>
    /// <returns>How many there are: fewer than asked for only when fewer may be returned.</returns>
    public int Find(ReadOnlySpan<float> query, Span<Neighbor> results, LiveRows live, IdSet? filter, AnnoySearchSettings settings, SearchScratch scratch)
    {
        int allowed = filter is null ? live.Count : Math.Min(filter.Count, live.Count);
        if (allowed == 0 || results.IsEmpty)
        {
            return 0;
        }

        TreeWalk walk = scratch.Walk;
        walk.Prepare(_ids.Length);
        try
        {
            int trees = Math.Min(settings.TreeCount ?? _roots.Length, _roots.Length);
            double wanted = settings.SearchK ?? (double)results.Length * trees;
            bool compareAll = settings.IsExact || results.Length >= allowed;
            if (allowed < _items)
            {
                // Of what the trees list, only a share may be returned.
                wanted *= (double)_items / allowed;
                compareAll |= wanted >= (double)allowed * ReadsPerComparison;
            }

            _nodes.Format.SetQuery(scratch.Node, query);
            int count = 0;
            if (!compareAll)
            {
                walk.Collect(_nodes, _roots.AsSpan(0, trees), scratch.Node, (long)Math.Ceiling(wanted));
                count = List(walk.Found, live, filter, scratch);
                compareAll = count < Math.Min(results.Length, allowed);
            }

            if (compareAll)
            {
                SetAllowed(walk.Found, live, filter);
                count = List(walk.Found, live, filter, scratch);
            }

            return Nearest(query, results, count, scratch);
        }
        finally
        {
            walk.Clear();
        }
    }

    /// <summary>Sets the bits of items that may be returned, or of more: <see cref="List"/> looks at each.</summary>
    private void SetAllowed(Span<ulong> found, LiveRows live, IdSet? filter)
    {
        if (filter is null || filter.Count >= _ids.Length / 16)
        {
            live.Words.CopyTo(found);
            return;
        }

        found.Clear();
        ReadOnlySpan<ulong> words = filter.Bitmap;
        for (int word = 0; word < words.Length; word++)
        {
            for (ulong bits = words[word]; bits != 0; bits &= bits - 1)
            {
                if (ItemOf((word << 6) + BitOperations.TrailingZeroCount(bits)) is int item and >= 0)
                {
                    found[item >> 6] |= 1UL << item;
                }
            }
        }
    }

    /// <summary>Lists the items whose bits are set and that may be returned, in ascending order.</summary>
    private int List(ReadOnlySpan<ulong> found, LiveRows live, IdSet? filter, SearchScratch scratch)
    {
        int count = 0, most = 0;
        foreach (ulong word in found)
        {
            most += BitOperations.PopCount(word);
        }

        int[] rows = scratch.Rows(most);
        ReadOnlySpan<ulong> filterWords = filter is null ? default : filter.Bitmap;
        for (int word = 0; word < found.Length; word++)
        {
            ulong bits = found[word] & live.Words[word];
            if (filter is not null && _idsAreDense)
            {
                bits &= word < filterWords.Length ? filterWords[word] : 0;
            }

            for (; bits != 0; bits &= bits - 1)
            {
                int item = (word << 6) + BitOperations.TrailingZeroCount(bits);
                if (filter is null || _idsAreDense || filter.Contains(_ids[item]))
                {
                    rows[count++] = item;
                }
            }
        }

        return count;
    }

    /// <summary>The nearest of the items listed, by their exact distance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Nearest(ReadOnlySpan<float> query, Span<Neighbor> results, int count, SearchScratch scratch)
    {
        int k = Math.Min(results.Length, count), dimensions = _nodes.Format.Dimensions, vectorOffset = _nodes.Format.VectorOffset;
        int[] rows = scratch.Rows(count);
        fixed (float* vector = query)
        {
            double norm = FixedOrderSum.Norm(query);
            if (count > k)
            {
                count = RuleOut(query, norm, k, count, scratch);
                count = count > k ? RuleOutByFloats(vector, norm, k, count, scratch) : count;
            }

            ulong[] keys = scratch.Keys(count);
            int[] counts = scratch.Counts;
            counts.AsSpan().Clear();
            for (int i = 0; i < count; i++)
            {
                if (i + 2 < count)
                {
                    CompactItems.Prefetch(_nodes.Node(rows[i + 2]) + vectorOffset, dimensions * sizeof(float));
                }

                int item = rows[i];
                double norms = norm * _compact.Norms[item];
                double cosine = norms == 0 ? 0 : Math.Clamp(FixedOrderSum.Dot(query, new(_nodes.Node(item) + vectorOffset, dimensions)) / norms, -1, 1);
                float distance = (float)SimilarityMetrics.Angular.DistanceFrom(cosine);

                // Distances are not negative: their bits are in their order.
                keys[i] = ((ulong)BitConverter.SingleToUInt32Bits(distance) << 32) | (uint)item;
                counts[BucketOfDistance(distance)]++;
            }

            // Only what may be among the k nearest is sorted.
            int last = 0;
            for (int seen = counts[0]; seen < k; seen += counts[last])
            {
                last++;
            }

            int kept = 0;
            for (int i = 0; i < count; i++)
            {
                if (BucketOfDistance(BitConverter.UInt32BitsToSingle((uint)(keys[i] >> 32))) <= last)
                {
                    keys[kept++] = keys[i];
                }
            }

            keys.AsSpan(0, kept).Sort();
            for (int i = 0; i < k; i++)
            {
                results[i] = new Neighbor(_ids[(int)(uint)keys[i]], BitConverter.UInt32BitsToSingle((uint)(keys[i] >> 32)));
            }
        }

        return k;
    }

    /// <summary>Drops the items that 8 bits show not to be among the k nearest: at least k others are surely nearer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int RuleOut(ReadOnlySpan<float> query, double norm, int k, int count, SearchScratch scratch)
    {
        (float queryScale, float queryBound) = _compact.EncodeQuery(query, norm, scratch.NumberSpan);
        int stride = _compact.Stride;
        short* numbers = scratch.Numbers;
        int[] rows = scratch.Rows(count), counts = scratch.Counts;
        float[] cosines = scratch.Cosines(count);
        float[] scales = _compact.Scales, bounds = _compact.Bounds;
        counts.AsSpan().Clear();
        for (int i = 0; i < count; i++)
        {
            if (i + Ahead < count)
            {
                CompactItems.Prefetch((byte*)_compact.Codes(rows[i + Ahead]), stride);
            }

            int item = rows[i];
            float cosine = ByteRows.Dot(_compact.Codes(item), numbers, stride) * (scales[item] * queryScale);
            cosines[i] = cosine;
            counts[BucketOf(cosine - Bound(bounds[item], queryBound))]++;
        }

        int bucket = BucketOfKth(counts, k), kept = 0;
        for (int i = 0; i < count; i++)
        {
            int item = rows[i];
            if (BucketOf(cosines[i] + Bound(bounds[item], queryBound)) >= bucket)
            {
                rows[kept++] = item;
            }
        }

        return kept;
    }

    /// <summary>The same by single precision, whose rounding is known too: what is left for double precision are few more than k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int RuleOutByFloats(float* query, double norm, int k, int count, SearchScratch scratch)
    {
        int dimensions = _nodes.Format.Dimensions, vectorOffset = _nodes.Format.VectorOffset;
        int[] rows = scratch.Rows(count), counts = scratch.Counts;
        float[] cosines = scratch.Cosines(count);
        float bound = ((dimensions / 16) + 32) * SingleRounding;
        counts.AsSpan().Clear();
        for (int i = 0; i < count; i++)
        {
            if (i + 2 < count)
            {
                CompactItems.Prefetch(_nodes.Node(rows[i + 2]) + vectorOffset, dimensions * sizeof(float));
            }

            int item = rows[i];
            double norms = norm * _compact.Norms[item];

            // Where products leave single precision, nothing is ruled out, and nothing counts against others.
            float cosine = norms is > SmallestProduct and < LargestProduct
                ? AnnoyKernels.FusedDot(query, (float*)(_nodes.Node(item) + vectorOffset), dimensions) / (float)norms
                : float.NaN;
            cosines[i] = cosine;
            counts[float.IsNaN(cosine) ? 0 : BucketOf(cosine - bound)]++;
        }

        int bucket = BucketOfKth(counts, k), kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (float.IsNaN(cosines[i]) || BucketOf(cosines[i] + bound) >= bucket)
            {
                rows[kept++] = rows[i];
            }
        }

        return kept;
    }

    /// <summary>The k items with the greatest lower ends lie in this bucket or above.</summary>
    private static int BucketOfKth(int[] counts, int k)
    {
        int bucket = SearchScratch.Buckets - 1;
        for (int seen = counts[bucket]; seen < k; seen += counts[bucket])
        {
            bucket--;
        }

        return bucket;
    }

    /// <summary>How far a cosine of codes is from the true one, at most: u·v − a·b where u − a and v − b are as long as the bounds say.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Bound(float item, float query) => item + (query * (1 + item));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BucketOf(float cosine) => (int)Math.Clamp((cosine + 1) * (SearchScratch.Buckets / 2), 0f, SearchScratch.Buckets - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BucketOfDistance(float distance) => (int)Math.Min(distance * (SearchScratch.Buckets / 2), SearchScratch.Buckets - 1f);
}
