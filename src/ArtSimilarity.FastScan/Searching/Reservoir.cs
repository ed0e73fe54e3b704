using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ArtSimilarity.FastScan.Searching;

/// <summary>
/// Keeps the best-scored places out of a stream. Scores are appended as they come, those above the threshold only; when the
/// room is full, the threshold is raised so far that about as many as wanted stay.
/// </summary>
/// <remarks>
/// A heap would order what nobody asks to be ordered. Here almost every score is refused by one comparison of 16 at a time,
/// and the few passes over what was let in are vectors too.
/// </remarks>
internal sealed unsafe class Reservoir
{
    private const int Lanes = 16;

    private float[] _scores = [];
    private int[] _places = [];
    private int _wanted;
    private int _room;

    /// <summary>A score must be above this to be let in.</summary>
    public float Threshold { get; private set; }

    public int Count { get; private set; }

    /// <summary>The scores let in, <see cref="Count"/> of them.</summary>
    public float* Scores => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_scores));

    /// <summary>The places of <see cref="Scores"/>.</summary>
    public int* Places => (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_places));

    /// <summary>Empties it.</summary>
    /// <param name="wanted">How many of the best to keep, at least 1.</param>
    public void Clear(int wanted)
    {
        _wanted = wanted;
        Count = 0;
        Threshold = float.NegativeInfinity;

        // The room decides when the threshold rises: it must not depend on what was searched for before.
        _room = (int)Math.Min((2L * wanted) + 1024, Array.MaxLength - Lanes);
        if (_scores.Length < _room)
        {
            // Pinned, so that the pointers stay valid.
            _scores = GC.AllocateUninitializedArray<float>(_room, pinned: true);
            _places = GC.AllocateUninitializedArray<int>(_room, pinned: true);
        }
    }

    /// <summary>Offers 16 scores of places that follow one another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Offer(Vector512<float> scores, int firstPlace)
    {
        Vector512<float> better = Vector512.GreaterThan(scores, Vector512.Create(Threshold));
        ulong mask = better.ExtractMostSignificantBits();
        if (mask != 0)
        {
            Append(scores, better, firstPlace, mask);
        }
    }

    /// <summary>Offers one score.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Offer(float score, int place)
    {
        if (Count == _room)
        {
            Shrink();
        }

        if (score > Threshold)
        {
            Scores[Count] = score;
            Places[Count++] = place;
        }
    }

    /// <summary>Keeps the best of those let in: as many as wanted, or a few more where that is cheaper.</summary>
    public void Shrink()
    {
        if (Count <= _wanted + (_wanted / 16))
        {
            return;
        }

        // The threshold is found by halving the range of the scores' bits, in the order of floats, and counting.
        float* scores = Scores;
        int low = int.MaxValue, high = int.MinValue;
        for (int i = 0; i < Count; i++)
        {
            int ordered = Ordered(scores[i]);
            low = Math.Min(low, ordered);
            high = Math.Max(high, ordered);
        }

        // Above `high` are none; above `low - 1` are all.
        long below = (long)low - 1, above = high;
        int kept = Count;
        while (above - below > 1)
        {
            long middle = (below + above) >> 1;
            int count = CountAbove(FromOrdered((int)middle));
            if (count >= _wanted)
            {
                below = middle;
                kept = count;
                if (count <= _wanted + (_wanted / 16))
                {
                    break;
                }
            }
            else
            {
                above = middle;
            }
        }

        float threshold = below < int.MinValue ? float.NegativeInfinity : FromOrdered((int)below);
        if (kept > _wanted + (_wanted / 16))
        {
            // Many scores are equal: of those, the first come.
            int equals = _wanted - CountAbove(FromOrdered((int)above));
            KeepAbove(FromOrdered((int)above), equals);
            Threshold = FromOrdered((int)above);
            return;
        }

        KeepAbove(threshold, 0);
        Threshold = threshold;
    }

    private static int Ordered(float score)
    {
        int bits = BitConverter.SingleToInt32Bits(score);
        return bits >= 0 ? bits : int.MinValue - bits;
    }

    private static float FromOrdered(int ordered) => BitConverter.Int32BitsToSingle(ordered >= 0 ? ordered : int.MinValue - ordered);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Append(Vector512<float> scores, Vector512<float> better, int firstPlace, ulong mask)
    {
        if (Count > _room - Lanes)
        {
            Shrink();
            better = Vector512.GreaterThan(scores, Vector512.Create(Threshold));
            mask = better.ExtractMostSignificantBits();
        }

        if (Avx512F.IsSupported)
        {
            Avx512F.CompressStore(Scores + Count, better, scores);
            Avx512F.CompressStore(Places + Count, better.AsInt32(), Vector512.Create(firstPlace) + Vector512<int>.Indices);
            Count += BitOperations.PopCount(mask);
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            Scores[Count] = scores[lane];
            Places[Count++] = firstPlace + lane;
        }
    }

    private int CountAbove(float threshold)
    {
        float* scores = Scores;
        Vector512<float> level = Vector512.Create(threshold);
        int count = 0, i = 0;
        for (; i <= Count - Lanes; i += Lanes)
        {
            count += BitOperations.PopCount(Vector512.GreaterThan(Vector512.Load(scores + i), level).ExtractMostSignificantBits());
        }

        for (; i < Count; i++)
        {
            count += scores[i] > threshold ? 1 : 0;
        }

        return count;
    }

    /// <summary>Keeps the scores above a threshold and the first that equal it, in their order.</summary>
    private void KeepAbove(float threshold, int equals)
    {
        float* scores = Scores;
        int* places = Places;
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            float score = scores[i];
            if (score > threshold || (score == threshold && equals-- > 0))
            {
                scores[kept] = score;
                places[kept++] = places[i];
            }
        }

        Count = kept;
    }
}
