using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ArtSimilarity.SignCodes;

/// <summary>
/// Sign codes of <see cref="Rows"/> vectors, interleaved for scanning. Byte r of the p-th 64 bytes holds bits 8p to 8p + 7 of a code:
/// that of row r / 2 (r even) or 32 + r / 2 (r odd). So even and odd bytes, summed as 16-bit numbers, come out in order.
/// </summary>
internal static unsafe class SignBlock
{
    public const int Rows = 64;

    /// <summary>Codes are at most this long, so that the sums of their tables' entries fit 16 bits.</summary>
    public const int MaxBits = 8192;

    /// <summary>How many tables' entries add up in a byte: two for each 64 bytes of a block.</summary>
    private const int PairsPerByteSum = 4;

    /// <summary>The length of a code, for padded vectors of some length.</summary>
    public static int BitsFor(int stride) => Math.Min(Rotation.WidthFor(stride), MaxBits);

    public static int LengthFor(int bits) => bits / 8 * Rows;

    /// <summary>Where in each 64 bytes of a block a row's bits are.</summary>
    public static int Lane(int row) => row < Rows / 2 ? 2 * row : (2 * (row - (Rows / 2))) + 1;

    /// <summary>Adds up the tables' entries of all codes of a block.</summary>
    /// <param name="block">The codes.</param>
    /// <param name="tables">One table of 16 entries for every four bits.</param>
    /// <param name="bits">The length of a code.</param>
    /// <param name="sums">Receives the sums, one per row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sum(byte* block, byte* tables, int bits, ushort* sums)
    {
        if (Avx512BW.IsSupported)
        {
            SumAvx512(block, tables, bits, sums);
        }
        else if (Avx2.IsSupported)
        {
            SumAvx2(block, tables, bits, sums);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Sum128(block, tables, bits, sums);
        }
        else
        {
            SumScalar(block, tables, bits, sums);
        }
    }

    /// <summary>
    /// The score of 16 rows: ⟨c, q⟩ + offset + factor · ⟨s, q⟩, the estimate of each row's product with the query (see <see cref="SignCode"/>).
    /// </summary>
    /// <param name="sums">The rows' sums, as <see cref="Sum"/> gives them.</param>
    /// <param name="step">⟨s, q⟩ is a sum times this, …</param>
    /// <param name="offset">… plus this: those of <see cref="SignTables"/>.</param>
    /// <param name="factors">The rows' factors.</param>
    /// <param name="offsets">The rows' offsets.</param>
    /// <param name="toCentre">⟨c, q⟩, of the centre that the codes are relative to.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Score(
        ushort* sums, Vector512<float> step, Vector512<float> offset, float* factors, float* offsets, Vector512<float> toCentre) =>
        (((ToSingle(sums) * step) + offset) * Vector512.Load(factors)) + (Vector512.Load(offsets) + toCentre);

    /// <summary>The plain meaning of <see cref="Sum"/>: the oracle of its tests.</summary>
    internal static void SumScalar(byte* block, byte* tables, int bits, ushort* sums)
    {
        for (int row = 0; row < Rows; row++)
        {
            int sum = 0;
            for (int p = 0; p < bits / 8; p++)
            {
                byte code = block[(p * Rows) + Lane(row)];
                sum += tables[(32 * p) + (code & 15)] + tables[(32 * p) + 16 + (code >> 4)];
            }

            sums[row] = (ushort)sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ToSingle(ushort* sums)
    {
        if (Avx512F.IsSupported)
        {
            return Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector256.Load(sums)));
        }

        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.Load(sums));
        return Vector512.ConvertToSingle(Vector512.Create(lower, upper).AsInt32());
    }

    /// <summary>How far ahead of the scan its bytes are called from memory: the processor's own prefetching ends with every page.</summary>
    private const int PrefetchDistance = 4096;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumAvx512(byte* block, byte* tables, int bits, ushort* sums)
    {
        Vector512<byte> nibble = Vector512.Create((byte)15);
        Vector512<ushort> low = Vector512<ushort>.Zero, high = low, lowByte = Vector512.Create((ushort)255);
        for (int p = 0; p < bits / 8; p += PairsPerByteSum)
        {
            Vector512<byte> sum = Vector512<byte>.Zero, other = sum;
            for (int i = 0; i < PairsPerByteSum; i++)
            {
                Vector512<byte> codes = Vector512.Load(block);
                Sse.Prefetch0(block + PrefetchDistance);
                sum += Avx512BW.Shuffle(Avx512F.BroadcastVector128ToVector512((int*)tables).AsByte(), codes & nibble);
                other += Avx512BW.Shuffle(Avx512F.BroadcastVector128ToVector512((int*)(tables + 16)).AsByte(), (codes.AsUInt16() >>> 4).AsByte() & nibble);
                block += Rows;
                tables += 32;
            }

            sum += other;
            low += sum.AsUInt16() & lowByte;
            high += sum.AsUInt16() >>> 8;
        }

        low.Store(sums);
        high.Store(sums + (Rows / 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumAvx2(byte* block, byte* tables, int bits, ushort* sums)
    {
        Vector256<byte> nibble = Vector256.Create((byte)15);
        Vector256<ushort> low0 = Vector256<ushort>.Zero, low1 = low0, high0 = low0, high1 = low0, lowByte = Vector256.Create((ushort)255);
        for (int p = 0; p < bits / 8; p += PairsPerByteSum)
        {
            Vector256<byte> sum0 = Vector256<byte>.Zero, sum1 = sum0;
            for (int i = 0; i < PairsPerByteSum; i++)
            {
                Vector256<byte> first = Avx2.BroadcastVector128ToVector256(tables), second = Avx2.BroadcastVector128ToVector256(tables + 16);
                Vector256<byte> codes0 = Vector256.Load(block), codes1 = Vector256.Load(block + 32);
                Sse.Prefetch0(block + PrefetchDistance);
                sum0 += Avx2.Shuffle(first, codes0 & nibble) + Avx2.Shuffle(second, (codes0.AsUInt16() >>> 4).AsByte() & nibble);
                sum1 += Avx2.Shuffle(first, codes1 & nibble) + Avx2.Shuffle(second, (codes1.AsUInt16() >>> 4).AsByte() & nibble);
                block += Rows;
                tables += 32;
            }

            low0 += sum0.AsUInt16() & lowByte;
            high0 += sum0.AsUInt16() >>> 8;
            low1 += sum1.AsUInt16() & lowByte;
            high1 += sum1.AsUInt16() >>> 8;
        }

        low0.Store(sums);
        low1.Store(sums + 16);
        high0.Store(sums + 32);
        high1.Store(sums + 48);
    }

    /// <summary>SSSE3 and NEON: four vectors of 16 rows, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum128(byte* block, byte* tables, int bits, ushort* sums)
    {
        Vector128<byte> nibble = Vector128.Create((byte)15);
        Vector128<ushort> lowByte = Vector128.Create((ushort)255);
        for (int part = 0; part < 4; part++)
        {
            byte* codes = block + (16 * part), table = tables;
            Vector128<ushort> low = Vector128<ushort>.Zero, high = low;
            for (int p = 0; p < bits / 8; p += PairsPerByteSum)
            {
                Vector128<byte> sum = Vector128<byte>.Zero;
                for (int i = 0; i < PairsPerByteSum; i++)
                {
                    Vector128<byte> v = Vector128.Load(codes);
                    sum += Vector128.Shuffle(Vector128.Load(table), v & nibble) + Vector128.Shuffle(Vector128.Load(table + 16), v >>> 4);
                    codes += Rows;
                    table += 32;
                }

                low += sum.AsUInt16() & lowByte;
                high += sum.AsUInt16() >>> 8;
            }

            low.Store(sums + (8 * part));
            high.Store(sums + 32 + (8 * part));
        }
    }
}
