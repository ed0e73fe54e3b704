using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Text;

namespace ArtSimilarity.FastScan.Tests.Files;

/// <summary>
/// Reads index files by docs/file-format.md alone, in plain arithmetic and without any of the library's code: the oracle of
/// what a build writes.
/// </summary>
internal sealed class IndexFileReader
{
    private const int HeaderLength = 640, SectionCount = 10, RowsPerBlock = 64;

    private readonly byte[] _file;
    private readonly bool[] _flips;

    public IndexFileReader(byte[] file)
    {
        _file = file;
        Require(file.AsSpan(0, 8).SequenceEqual("ARTSFAST"u8), "magic number");
        Require(Int32(8) == 2 && Int32(12) == HeaderLength && Int64(16) == file.Length, "version or lengths");
        Dimensions = Int32(24);
        Stride = Int32(28);
        Count = (int)Int64(32);
        LeafSize = Int32(40);
        LeafCount = Int32(44);
        BlockCount = Int32(48);
        CodeBits = Int32(52);
        Seed = Int64(64);
        Width = Math.Max(Stride, 256);
        Require(Stride == (Dimensions + 63) / 64 * 64 && CodeBits == Math.Min(Width, 8192), "stride or code bits");
        Require(Encoding.ASCII.GetString(file, 72, 16) == "angular".PadRight(16, '\0'), "metric");
        Require(Int32(88) == SectionCount, "number of sections");
        Require(Int64(56) == 0 && Int32(92) == 0 && file.AsSpan(496, 136).IndexOfAnyExcept((byte)0) < 0, "zeros");
        Require(BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(632)) == XxHash3.HashToUInt64(file.AsSpan(0, 632)), "header checksum");
        RequireSections();
        Stamp = Encoding.UTF8.GetString(file, (int)Start(1), (int)Length(1));
        Ids = [.. Enumerable.Range(0, Count).Select(i => Int32(Start(2) + (4L * i)))];
        RowsOfIds = [.. Enumerable.Range(0, Count).Select(i => Int32(Start(3) + (4L * i)))];
        IdsOfRows = [.. Enumerable.Range(0, Count).Select(i => Int32(Start(4) + (4L * i)))];
        Leaves = [.. Enumerable.Range(0, LeafCount).Select(i => Start(5) + (20L * i)).Select(
            at => new FileLeaf(Int32(at), Int32(at + 4), Int32(at + 8), Single(at + 12), Single(at + 16)))];
        _flips = Flips(4 * Width);
    }

    public int Dimensions { get; }

    public int Stride { get; }

    /// <summary>The length of a rotated row.</summary>
    public int Width { get; }

    public int Count { get; }

    public int LeafSize { get; }

    public int LeafCount { get; }

    public int BlockCount { get; }

    public int CodeBits { get; }

    public long Seed { get; }

    public string Stamp { get; }

    public int[] Ids { get; }

    public int[] RowsOfIds { get; }

    public int[] IdsOfRows { get; }

    public FileLeaf[] Leaves { get; }

    /// <summary>The integers of a row, with the padding.</summary>
    public int[] Row(int row)
    {
        long upper = Start(9) + ((long)row * Stride), lower = Start(10) + (2L * row * Stride);
        return [.. Enumerable.Range(0, Stride).Select(i => (65536 * (sbyte)_file[upper + i]) + BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan((int)lower + (2 * i))))];
    }

    public double InverseLength(int row) => BinaryPrimitives.ReadDoubleLittleEndian(_file.AsSpan((int)(Start(8) + (8L * row))));

    public double[] Centroid(int leaf)
    {
        long at = Start(6) + ((long)leaf * Stride);
        return [.. Enumerable.Range(0, Stride).Select(i => (double)((sbyte)_file[at + i] * Leaves[leaf].Scale))];
    }

    public int LeafOf(int row) => Array.FindIndex(Leaves, leaf => row >= leaf.FirstRow && row < leaf.FirstRow + leaf.Rows);

    /// <summary>The signs of a place, +1 and −1, and its offset and factor.</summary>
    public (int[] Signs, float Offset, float Factor) Code(int block, int place)
    {
        long at = Start(7) + (block * ((8L * CodeBits) + 512));
        int lane = place < 32 ? 2 * place : (2 * (place - 32)) + 1;
        int[] signs = [.. Enumerable.Range(0, CodeBits).Select(i => ((_file[at + (64 * (i / 8)) + lane] >> (i % 8)) & 1) == 1 ? 1 : -1)];
        long offsets = at + (8L * CodeBits);
        return (signs, Single(offsets + (4 * place)), Single(offsets + 256 + (4 * place)));
    }

    /// <summary>The estimate of ⟨x, q⟩ that the code of a row gives, x being the row's vector scaled to length 1.</summary>
    /// <param name="row">The row.</param>
    /// <param name="query">A query of length 1, padded to the stride.</param>
    /// <param name="rotated">The same, rotated.</param>
    public double Estimate(int row, double[] query, double[] rotated)
    {
        int leaf = LeafOf(row);
        int inLeaf = row - Leaves[leaf].FirstRow;
        (int[] signs, float offset, float factor) = Code(Leaves[leaf].FirstBlock + (inLeaf / RowsPerBlock), inLeaf % RowsPerBlock);
        double sum = 0;
        for (int i = 0; i < CodeBits; i++)
        {
            sum += signs[i] * rotated[i];
        }

        return Dot(Centroid(leaf), query) + offset + (factor * sum);
    }

    /// <summary>Pads a row to the width and rotates it.</summary>
    public double[] Rotate(double[] numbers)
    {
        double[] result = [.. numbers, .. new double[Width - Stride]];
        int length = 1;
        while (2 * length <= Width)
        {
            length *= 2;
        }

        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < Width; i++)
            {
                result[i] = _flips[(round * Width) + i] ? -result[i] : result[i];
            }

            int first = round % 2 == 0 ? 0 : Width - length;
            for (int half = 1; half < length; half *= 2)
            {
                for (int i = first; i < first + length; i++)
                {
                    if (((i - first) & half) == 0)
                    {
                        (result[i], result[i + half]) = (result[i] + result[i + half], result[i] - result[i + half]);
                    }
                }
            }

            for (int i = first; i < first + length; i++)
            {
                result[i] /= Math.Sqrt(length);
            }
        }

        return result;
    }

    /// <summary>A vector scaled to length 1 and padded.</summary>
    public double[] Unit(ReadOnlySpan<float> vector)
    {
        double[] unit = new double[Stride];
        for (int i = 0; i < vector.Length; i++)
        {
            unit[i] = vector[i];
        }

        double length = Math.Sqrt(Dot(unit, unit));
        return length == 0 ? unit : [.. unit.Select(x => x / length)];
    }

    public static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private static void Require(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new InvalidDataException($"The file does not hold to docs/file-format.md: {what}.");
        }
    }

    private void RequireSections()
    {
        long[] lengths =
        [
            Length(1), 4L * Count, 4L * Count, 4L * Count, 20L * LeafCount, (long)LeafCount * Stride,
            BlockCount * ((8L * CodeBits) + 512), 8L * Count, (long)Count * Stride, 2L * Count * Stride,
        ];
        long offset = HeaderLength;
        for (int section = 1; section <= SectionCount; section++)
        {
            int entry = 96 + (40 * (section - 1));
            Require(Int32(entry) == section && Int32(entry + 4) == 0 && Start(section) == offset && Length(section) == lengths[section - 1], $"entry of section {section}");
            int padded = (int)((lengths[section - 1] + 63) / 64 * 64);
            ReadOnlySpan<byte> bytes = _file.AsSpan((int)offset, padded);
            Require(bytes[(int)lengths[section - 1]..].IndexOfAnyExcept((byte)0) < 0, $"zeros behind section {section}");
            Require(XxHash128.Hash(bytes).AsSpan().SequenceEqual(_file.AsSpan(entry + 24, 16)), $"checksum of section {section}");
            offset += padded;
        }

        Require(offset == _file.Length, "length");
    }

    private bool[] Flips(int count)
    {
        ulong z = (ulong)Seed;
        z = SplitMix64(ref z) ^ 0xFFFFFFFFFFFFFFFF;
        ulong[] s = [SplitMix64(ref z), SplitMix64(ref z), SplitMix64(ref z), SplitMix64(ref z)];
        bool[] flips = new bool[count];
        for (int i = 0; i < count; i++)
        {
            // xoshiro256** as at https://prng.di.unimi.it/xoshiro256starstar.c.
            ulong number = BitOperations.RotateLeft(s[1] * 5, 7) * 9;
            ulong t = s[1] << 17;
            s[2] ^= s[0];
            s[3] ^= s[1];
            s[1] ^= s[2];
            s[0] ^= s[3];
            s[2] ^= t;
            s[3] = BitOperations.RotateLeft(s[3], 45);
            flips[i] = number >> 63 == 1;
        }

        return flips;
    }

    /// <summary>As at https://prng.di.unimi.it/splitmix64.c.</summary>
    private static ulong SplitMix64(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private long Start(int section) => Int64(96 + (40 * (section - 1)) + 8);

    private long Length(int section) => Int64(96 + (40 * (section - 1)) + 16);

    private int Int32(long at) => BinaryPrimitives.ReadInt32LittleEndian(_file.AsSpan((int)at));

    private long Int64(long at) => BinaryPrimitives.ReadInt64LittleEndian(_file.AsSpan((int)at));

    private float Single(long at) => BinaryPrimitives.ReadSingleLittleEndian(_file.AsSpan((int)at));
}
