using System.Numerics;

namespace ArtSimilarity.SignCodes;

/// <summary>xoshiro256** (Blackman and Vigna), seeded by splitmix64: the same numbers on every runtime, unlike System.Random.</summary>
internal struct RandomSource
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>Creates the stream with a number, of the streams that a seed gives.</summary>
    public RandomSource(long seed, int stream)
    {
        ulong state = (ulong)seed;
        state = SplitMix(ref state) ^ (ulong)stream;
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A number from 0 to below the bound; the bias, below 2⁻³², does not matter here.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    public bool Coin() => (long)Next() < 0;

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
