using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ArtSimilarity.SignCodes;

/// <summary>
/// A random rotation, as fast as sorting. Signs are flipped at random and a Hadamard transform mixes all numbers, four times over
/// (Ailon and Chazelle 2006). On lengths that are no power of two, two transforms overlap, as in the library of RaBitQ (Gao and Long
/// 2024). Additions and multiplications come in one fixed order: the same bits on every instruction set.
/// </summary>
internal sealed unsafe class Rotation
{
    /// <summary>
    /// Shorter vectors are padded with zeros to this length before: more signs of the same vector tell more about it.
    /// </summary>
    private const int MinWidth = 256;

    private const int Rounds = 4;
    private const int Lanes = 16;

    private readonly int[] _signs;
    private readonly int _transformLength;
    private readonly float _scale;

    /// <summary>Creates the rotation of a seed.</summary>
    /// <param name="stride">The length of a padded vector, a multiple of 64.</param>
    /// <param name="seed">Where the random signs start.</param>
    public Rotation(int stride, long seed)
    {
        int width = Width = WidthFor(stride);
        _transformLength = 1 << BitOperations.Log2((uint)width);
        _scale = (float)(1 / Math.Sqrt(_transformLength));
        var random = new RandomSource(seed, stream: -1);
        _signs = GC.AllocateUninitializedArray<int>(Rounds * width, pinned: true);
        for (int i = 0; i < _signs.Length; i++)
        {
            _signs[i] = random.Coin() ? int.MinValue : 0;
        }
    }

    /// <summary>The length of a rotated vector.</summary>
    public int Width { get; }

    /// <summary>The length of a rotated vector, for a padded one of some length.</summary>
    public static int WidthFor(int stride) => Math.Max(stride, MinWidth);

    /// <summary>Rotates a vector of <see cref="Width"/> numbers in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(float* vector)
    {
        fixed (int* signs = _signs)
        {
            for (int round = 0; round < Rounds; round++)
            {
                for (int i = 0; i < Width; i += Lanes)
                {
                    (Vector512.Load(vector + i).AsInt32() ^ Vector512.Load(signs + (round * Width) + i)).AsSingle().Store(vector + i);
                }

                Transform(round % 2 == 0 ? vector : vector + (Width - _transformLength));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform(float* x)
    {
        for (int half = _transformLength / 2; half >= Lanes; half /= 2)
        {
            for (int start = 0; start < _transformLength; start += 2 * half)
            {
                for (int i = start; i < start + half; i += Lanes)
                {
                    Vector512<float> upper = Vector512.Load(x + i), lower = Vector512.Load(x + i + half);
                    (upper + lower).Store(x + i);
                    (upper - lower).Store(x + i + half);
                }
            }
        }

        Vector512<float> scale = Vector512.Create(_scale);
        for (int i = 0; i < _transformLength; i += Lanes)
        {
            // Within a vector, every lane meets the one 8, 4, 2 and 1 away.
            Vector512<float> v = Vector512.Load(x + i);
            v = Vector512.Shuffle(v, Vector512.Create(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))
                + (v.AsInt32() ^ Vector512.Create(0, 0, 0, 0, 0, 0, 0, 0, int.MinValue, int.MinValue, int.MinValue, int.MinValue, int.MinValue, int.MinValue, int.MinValue, int.MinValue)).AsSingle();
            v = Vector512.Shuffle(v, Vector512.Create(4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11))
                + (v.AsInt32() ^ Vector512.Create(0, 0, 0, 0, int.MinValue, int.MinValue, int.MinValue, int.MinValue, 0, 0, 0, 0, int.MinValue, int.MinValue, int.MinValue, int.MinValue)).AsSingle();
            v = Vector512.Shuffle(v, Vector512.Create(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13))
                + (v.AsInt32() ^ Vector512.Create(0, 0, int.MinValue, int.MinValue, 0, 0, int.MinValue, int.MinValue, 0, 0, int.MinValue, int.MinValue, 0, 0, int.MinValue, int.MinValue)).AsSingle();
            v = Vector512.Shuffle(v, Vector512.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14))
                + (v.AsInt32() ^ Vector512.Create(0, int.MinValue, 0, int.MinValue, 0, int.MinValue, 0, int.MinValue, 0, int.MinValue, 0, int.MinValue, 0, int.MinValue, 0, int.MinValue)).AsSingle();
            (v * scale).Store(x + i);
        }
    }
}
