using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ArtSimilarity.SignCodes;

/// <summary>
/// A query, prepared for scanning sign codes. Every four bits of a code have a table of their 16 possible sums Σ ±qᵢ, rounded to 5
/// bits. So eight of them add up in a byte ("fast scan", André, Kermarrec and Le Scouarnec 2015). The error of the rounding is small
/// against that of a sign code itself.
/// </summary>
internal sealed unsafe class SignTables
{
    /// <summary>The largest entry: eight of them fit a byte.</summary>
    private const int MaxEntry = 31;

    private readonly int _bits;
    private readonly byte[] _tables;

    /// <param name="bits">The number of bits of a code, a multiple of 64.</param>
    public SignTables(int bits)
    {
        _bits = bits;
        _tables = GC.AllocateUninitializedArray<byte>(bits / 4 * 16, pinned: true);
        Pointer = (byte*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_tables, 0);
    }

    /// <summary>One table of 16 bytes for every four bits.</summary>
    public byte* Pointer { get; }

    /// <summary>Σ ±qᵢ is a code's sum times this, plus <see cref="Offset"/>.</summary>
    public float Step { get; private set; }

    public float Offset { get; private set; }

    /// <summary>Prepares the tables of a rotated query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Set(float* query)
    {
        float widest = 0, total = 0;
        for (int i = 0; i < _bits; i += 4)
        {
            float range = (Math.Abs(query[i]) + Math.Abs(query[i + 1])) + (Math.Abs(query[i + 2]) + Math.Abs(query[i + 3]));
            widest = Math.Max(widest, range);
            total += range;
        }

        Step = 2 * widest / MaxEntry;
        Offset = -total;
        float perStep = widest > 0 ? MaxEntry / (2 * widest) : 0;
        Vector512<float> factor = Vector512.Create(perStep), half = Vector512.Create(0.5f);
        for (int i = 0; i < _bits; i += 4)
        {
            // Entry e has the sign + for query[i + b] where bit b of e is set.
            Vector512<float> sums = Vector512.Create(Math.Abs(query[i]) + Math.Abs(query[i + 1]) + (Math.Abs(query[i + 2]) + Math.Abs(query[i + 3])));
            sums += Vector512.Create(query[i]) * Vector512.Create(-1f, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1);
            sums += Vector512.Create(query[i + 1]) * Vector512.Create(-1f, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1);
            sums += Vector512.Create(query[i + 2]) * Vector512.Create(-1f, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1);
            sums += Vector512.Create(query[i + 3]) * Vector512.Create(-1f, -1, -1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 1);
            Vector512<int> entries = Vector512.Min(Vector512.Max(Vector512.ConvertToInt32((sums * factor) + half), Vector512<int>.Zero), Vector512.Create(MaxEntry));
            Vector256<short> words = Vector256.Narrow(entries.GetLower(), entries.GetUpper());
            Vector128.Narrow(words.GetLower(), words.GetUpper()).AsByte().Store(Pointer + (i * 4));
        }
    }
}
