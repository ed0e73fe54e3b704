using System.Numerics;

namespace ArtSimilarity.Annoy.Nodes;

/// <summary>
/// int32 descendants · 2 × int32 children · 4 bytes of padding · uint64 words, whose bit b is dimension 64·word + b as Annoy's Python
/// interface packs them. The first word of a split says by which bit, counted from each word's highest.
/// </summary>
internal sealed unsafe class HammingNodes(int dimensions)
    : NodeFormat(AnnoyMetric.Hamming, dimensions, childrenOffset: 4, vectorOffset: 16, (dimensions + 63) / 64 * sizeof(ulong))
{
    private readonly int _words = (dimensions + 63) / 64;

    /// <summary>Each split on whose other side the query lies takes one away.</summary>
    public override float FirstPriority => 0;

    public override void SetQuery(byte* node, ReadOnlySpan<float> vector)
    {
        Span<ulong> words = new(Words(node), _words);
        words.Clear();
        for (int i = 0; i < vector.Length; i++)
        {
            words[i / 64] |= vector[i] > 0.5f ? 1UL << (i % 64) : 0;
        }
    }

    public override void CopyVector(byte* node, Span<float> vector)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = (Words(node)[i / 64] >> (i % 64)) & 1;
        }
    }

    public override float Margin(byte* split, byte* query)
    {
        ulong bit = Words(split)[0];
        return bit >= (ulong)_words * 64 ? float.NaN : (Words(query)[bit / 64] >> (int)(63 - (bit % 64))) & 1;
    }

    public override float ChildPriority(float priority, float margin, int child) => priority - (margin == child ? 0 : 1);

    public override double OrderOf(byte* query, byte* item)
    {
        long different = 0;
        for (int i = 0; i < _words; i++)
        {
            different += BitOperations.PopCount(Words(query)[i] ^ Words(item)[i]);
        }

        return different;
    }

    public override float DistanceOf(double order) => (float)order;

    private ulong* Words(byte* node) => (ulong*)(node + VectorOffset);
}
