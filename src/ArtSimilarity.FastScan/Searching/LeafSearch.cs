using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArtSimilarity.ByteCodes;
using ArtSimilarity.FastScan.Codes;
using ArtSimilarity.FastScan.Files;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;
using ArtSimilarity.Searching;
using ArtSimilarity.SignCodes;

namespace ArtSimilarity.FastScan.Searching;

/// <summary>
/// One search over an index. Three looks, each at fewer vectors and more
/// precise: sign codes of whole leaves, the upper 8 bits of the best, all 24 bits of the best of those.
/// </summary>
internal static unsafe class LeafSearch
{
    /// <summary>What a step costs, in the time of scanning one sign code: measured, and good enough within a factor of two.</summary>
    private const double UpperCost = 18, FilterCost = 4, LeafCost = 12;

    private const int PrefetchedRows = 8;

    /// <summary>Finds the neighbours of the scratch's query.</summary>
    /// <returns>How many were written.</returns>
    public static int Find(PackedIndex index, LiveRows live, SearchScratch scratch, Span<Neighbor> results, IdSet? filter, FastScanSearchSettings settings)
    {
        int k = Math.Min(results.Length, live.Count);
        if (k == 0)
        {
            return 0;
        }

        var allowed = new Allowed(index, live, filter);
        long rescored = Math.Max(settings.RescoredCandidates, k);
        long codes = Math.Max(settings.SearchCandidates, rescored);

        // The upper bits round: a few more than asked for are kept, so that it loses none at the edge.
        scratch.Best.Clear((int)Math.Min(k + (k / 8L) + 16, live.Count));
        if (rescored >= allowed.AtMost)
        {
            CompareAll(index, allowed, scratch);
        }
        else
        {
            // A filter thins the leaves out: as many more of them are looked at.
            codes = Math.Min(index.Count, (long)(codes * ((double)index.Count / allowed.AtMost)));
            double passed = allowed.IsAll ? 0 : rescored * (1 + Math.Log((double)allowed.AtMost / rescored)) * index.Count / allowed.AtMost;
            if (allowed.AtMost * UpperCost < codes + (passed * FilterCost) + (rescored * UpperCost) + (index.Leaves.Length * LeafCost))
            {
                CompareUpper(index, allowed, scratch);
            }
            else
            {
                scratch.Candidates.Clear((int)rescored);
                Scan(index, allowed, scratch, codes, k);
                scratch.Candidates.Shrink();
                CompareUpper(index, scratch, new ReadOnlySpan<int>(scratch.Candidates.Places, scratch.Candidates.Count));
            }
        }

        scratch.Best.Shrink();
        return WriteNearest(index, scratch, results[..k]);
    }

    /// <summary>Offers the best of the codes in the leaves nearest to the query: at least so many, and until enough were found.</summary>
    private static void Scan(PackedIndex index, in Allowed allowed, SearchScratch scratch, long codes, int k)
    {
        scratch.PrepareTables();
        ReadOnlySpan<Leaf> leaves = index.Leaves;
        Span<float> similarities = scratch.LeafScores(leaves.Length);
        long wanted = Math.Min(leaves.Length, (codes * leaves.Length / index.Count * 5 / 4) + 8);
        Reservoir nearest = scratch.Leaves;
        nearest.Clear((int)wanted);
        double scale = scratch.ShortScale;
        for (int i = 0; i < leaves.Length; i++)
        {
            float similarity = (float)(ByteRows.Dot(index.Centroid(i), scratch.ShortQuery, index.Stride) * scale) * leaves[i].CentroidScale;
            similarities[i] = similarity;
            nearest.Offer(similarity - leaves[i].HalfSquaredNorm, i);
        }

        nearest.Shrink();
        long left = codes;
        if (ScanNearest(index, allowed, scratch, similarities, ref left, k) || nearest.Count == leaves.Length)
        {
            return;
        }

        // Small leaves, or few that the filter allows: the others too, the chosen ones being done.
        Span<bool> done = scratch.Flags(leaves.Length);
        done.Clear();
        foreach (int leaf in new ReadOnlySpan<int>(nearest.Places, nearest.Count))
        {
            done[leaf] = true;
        }

        nearest.Clear(leaves.Length);
        for (int leaf = 0; leaf < leaves.Length; leaf++)
        {
            if (!done[leaf])
            {
                nearest.Offer(similarities[leaf] - leaves[leaf].HalfSquaredNorm, leaf);
            }
        }

        ScanNearest(index, allowed, scratch, similarities, ref left, k);
    }

    /// <summary>Scans the leaves that the scratch holds, the nearest first.</summary>
    /// <returns>Whether as many codes as wanted were scanned and enough were found.</returns>
    private static bool ScanNearest(PackedIndex index, in Allowed allowed, SearchScratch scratch, ReadOnlySpan<float> similarities, ref long left, int k)
    {
        Reservoir candidates = scratch.Candidates;
        foreach (int leaf in InOrder(scratch, scratch.Leaves))
        {
            if (left <= 0 && candidates.Count >= k)
            {
                return true;
            }

            int before = candidates.Count;
            ScanLeaf(index, allowed, scratch, index.Leaves[leaf], similarities[leaf]);

            // What the filter allows may lie far from the query, behind many leaves that hold nothing of it: they do not
            // count. It shows as long as everything allowed is let in, and later there are candidates enough.
            if (allowed.IsAll || candidates.Count > before || candidates.Threshold > float.NegativeInfinity)
            {
                left -= index.Leaves[leaf].Count;
            }
        }

        return left <= 0 && candidates.Count >= k;
    }

    /// <summary>The leaves in the order of their scores, the best first.</summary>
    private static Span<int> InOrder(SearchScratch scratch, Reservoir leaves)
    {
        Span<ulong> keys = scratch.Keys(leaves.Count);
        for (int i = 0; i < keys.Length; i++)
        {
            // Ascending keys are descending scores.
            int bits = BitConverter.SingleToInt32Bits(-leaves.Scores[i]);
            keys[i] = ((ulong)(uint)(bits ^ ((bits >> 31) | int.MinValue)) << 32) | (uint)leaves.Places[i];
        }

        keys.Sort();
        var places = new Span<int>(leaves.Places, keys.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            places[i] = (int)(uint)keys[i];
        }

        return places;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScanLeaf(PackedIndex index, in Allowed allowed, SearchScratch scratch, Leaf leaf, float similarity)
    {
        byte* tables = scratch.Tables.Pointer;
        ushort* sums = stackalloc ushort[SignBlock.Rows];
        Vector512<float> step = Vector512.Create(scratch.Tables.Step), offset = Vector512.Create(scratch.Tables.Offset);
        Vector512<float> toCentroid = Vector512.Create(similarity);
        Reservoir candidates = scratch.Candidates;
        int bits = index.CodeBits, end = leaf.FirstRow + leaf.Count;
        byte* block = index.Block(leaf.FirstBlock);
        for (int row = leaf.FirstRow; row < end; row += SignBlock.Rows, block += index.BlockLength)
        {
            SignBlock.Sum(block, tables, bits, sums);
            float* offsets = (float*)(block + SignBlock.LengthFor(bits)), factors = offsets + SignBlock.Rows;
            for (int i = 0; i < SignBlock.Rows; i += Vector512<float>.Count)
            {
                // The places behind the leaf's last row have an offset of minus infinity.
                Vector512<float> scores = SignBlock.Score(sums + i, step, offset, factors + i, offsets + i, toCentroid);
                if (allowed.IsAll)
                {
                    candidates.Offer(scores, row + i);
                }
                else
                {
                    OfferAllowed(allowed, candidates, scores, row + i);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OfferAllowed(in Allowed allowed, Reservoir candidates, Vector512<float> scores, int firstRow)
    {
        ulong mask = Vector512.GreaterThan(scores, Vector512.Create(candidates.Threshold)).ExtractMostSignificantBits();
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            if (allowed.Has(firstRow + lane))
            {
                candidates.Offer(scores[lane], firstRow + lane);
            }
        }
    }

    /// <summary>Offers rows by the upper 8 bits of their numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CompareUpper(PackedIndex index, SearchScratch scratch, ReadOnlySpan<int> rows)
    {
        Reservoir best = scratch.Best;
        short* query = scratch.ShortQuery;
        int stride = index.Stride;

        // The lower 16 bits are taken for half of what they can be.
        double half = 32768.0 * scratch.ShortSum;
        for (int i = 0; i < rows.Length; i++)
        {
            if (i + PrefetchedRows < rows.Length)
            {
                Prefetch(index.Upper(rows[i + PrefetchedRows]), stride);
            }

            int row = rows[i];
            double dot = (65536.0 * ByteRows.Dot(index.Upper(row), query, stride)) + half;
            best.Offer((float)(dot * scratch.ShortScale * index.InverseLength(row)), row);
        }
    }

    private static void CompareUpper(PackedIndex index, in Allowed allowed, SearchScratch scratch)
    {
        Span<int> rows = scratch.Rows((int)allowed.AtMost);
        CompareUpper(index, scratch, rows[..allowed.List(rows)]);
    }

    /// <summary>Offers all that match by their distance: similarities in single precision would tell no near duplicates apart.</summary>
    private static void CompareAll(PackedIndex index, in Allowed allowed, SearchScratch scratch)
    {
        Span<int> rows = scratch.Rows((int)allowed.AtMost);
        int count = allowed.List(rows);
        for (int i = 0; i < count; i++)
        {
            scratch.Best.Offer(-Distance(index, scratch, rows[i]), rows[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(void* start, int length)
    {
        if (Sse.IsSupported)
        {
            for (int line = 0; line < length; line += 64)
            {
                Sse.Prefetch0((byte*)start + line);
            }
        }
    }

    private static double Cosine(PackedIndex index, SearchScratch scratch, int row)
    {
        if (scratch.SquaredNorm == 0)
        {
            return 0;
        }

        double dot = FixedPoint.Dot(index.Upper(row), index.Lower(row), scratch.DoubleQuery, index.Stride);
        return Math.Clamp(dot * index.InverseLength(row) / Math.Sqrt(scratch.SquaredNorm), -1, 1);
    }

    private static float Distance(PackedIndex index, SearchScratch scratch, int row) => (float)SimilarityMetrics.Angular.DistanceFrom(Cosine(index, scratch, row));

    /// <summary>Orders the kept candidates by their distance in double precision.</summary>
    private static int WriteNearest(PackedIndex index, SearchScratch scratch, Span<Neighbor> results)
    {
        int count = scratch.Best.Count;
        int* places = scratch.Best.Places;
        Span<ulong> keys = scratch.Keys(count);
        for (int i = 0; i < count; i++)
        {
            // The upper numbers were just read; the lower ones were not.
            if (i + PrefetchedRows < count)
            {
                Prefetch(index.Lower(places[i + PrefetchedRows]), index.Stride * sizeof(ushort));
            }

            // Distances are not negative, so that their bits order as they do; equal ones order by id.
            int row = places[i];
            keys[i] = ((ulong)BitConverter.SingleToUInt32Bits(Distance(index, scratch, row)) << 32) | (uint)index.IdOf(row);
        }

        keys.Sort();
        int found = Math.Min(count, results.Length);
        for (int i = 0; i < found; i++)
        {
            results[i] = new Neighbor((int)(uint)keys[i], BitConverter.UInt32BitsToSingle((uint)(keys[i] >> 32)));
        }

        return found;
    }
}
