using System.Runtime.InteropServices;
using ArtSimilarity.Annoy.Nodes;

namespace ArtSimilarity.Annoy.Searching;

/// <summary>What one search of a forest needs, kept for the next one.</summary>
internal sealed unsafe class SearchScratch
{
    /// <summary>A bucket is a 2,048th of a cosine wide, far less than what 8 bits leave open.</summary>
    public const int Buckets = 4096;

    private readonly ulong[] _node;
    private readonly short[] _numbers;
    private int[] _rows = [];
    private float[] _cosines = [];
    private ulong[] _keys = [];

    public SearchScratch(AnnoyNodes nodes, CompactItems compact)
    {
        _node = GC.AllocateArray<ulong>((nodes.Format.NodeLength + sizeof(ulong) - 1) / sizeof(ulong), pinned: true);
        _numbers = GC.AllocateArray<short>(compact.Stride, pinned: true);
    }

    public TreeWalk Walk { get; } = new();

    /// <summary>The query as a node, which is how the trees compare with it.</summary>
    public byte* Node => (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_node, 0);

    /// <summary>The query as 16-bit numbers.</summary>
    public short* Numbers => (short*)Marshal.UnsafeAddrOfPinnedArrayElement(_numbers, 0);

    public Span<short> NumberSpan => _numbers;

    public int[] Counts { get; } = new int[Buckets];

    public int[] Rows(int count) => Grown(ref _rows, count);

    public float[] Cosines(int count) => Grown(ref _cosines, count);

    public ulong[] Keys(int count) => Grown(ref _keys, count);

    private static T[] Grown<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, Math.Min(2L * array.Length, Array.MaxLength))];
        }

        return array;
    }
}
