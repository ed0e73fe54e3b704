using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ArtSimilarity.Benchmarks.Comparisons;

/// <summary>Reads a copy of some numbers as fast as one thread can: aligned, on huge pages where the system grants them.</summary>
internal sealed unsafe partial class MemoryReader : IDisposable
{
    private const nuint HugePage = 2 << 20;
    private const int HugePagesPlease = 14;
    private readonly float* _numbers;
    private readonly int _count;

    public MemoryReader(ReadOnlySpan<float> numbers)
    {
        _count = numbers.Length;
        _numbers = (float*)NativeMemory.AlignedAlloc(((nuint)_count * sizeof(float)) + HugePage, HugePage);
        if (OperatingSystem.IsLinux())
        {
            _ = MemoryAdvice(_numbers, (nuint)_count * sizeof(float), HugePagesPlease); // advice: no harm when refused
        }

        numbers.CopyTo(new Span<float>(_numbers, _count));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public float Read()
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        for (nint i = 0; i <= _count - 64; i += 64)
        {
            a += Vector512.Load(_numbers + i);
            b += Vector512.Load(_numbers + i + 16);
            c += Vector512.Load(_numbers + i + 32);
            d += Vector512.Load(_numbers + i + 48);
        }

        return Vector512.Sum(a + b + c + d);
    }

    public void Dispose() => NativeMemory.AlignedFree(_numbers);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvice(void* address, nuint length, int advice);
}
