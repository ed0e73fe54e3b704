using System.Globalization;
using System.Runtime.InteropServices;
using Xunit;

namespace ArtSimilarity.NetVips.Tests;

[Collection(nameof(RunsAlone))]
public class ServerMemoryTests
{
    private const int Buffers = 1000, Size = 1 << 20;

    [Fact]
    public unsafe void Large_buffers_go_back_to_the_system()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) == false, "for glibc");
        Assert.True(ServerMemory.ReturnLargeBuffers());
        Assert.True(ServerMemory.ReturnLargeBuffers());
        long returned = 0;
        List<nint> kept = [];

        // glibc raises its threshold when the first of these are freed, so it is the second time that shows.
        for (int time = 0; time < 2; time++)
        {
            var large = new nint[Buffers];
            for (int i = 0; i < Buffers; i++)
            {
                large[i] = (nint)NativeMemory.Alloc(Size);
                new Span<byte>((void*)large[i], Size).Fill(1);
                kept.Add((nint)NativeMemory.Alloc(64)); // so that a heap could not shrink
            }

            long held = ResidentBytes();
            Array.ForEach(large, buffer => NativeMemory.Free((void*)buffer));
            returned = held - ResidentBytes();
        }

        // Some of them lie in what earlier tests left free in heaps, and stay there.
        Assert.InRange(returned, Buffers * (long)Size / 2, long.MaxValue);
        kept.ForEach(buffer => NativeMemory.Free((void*)buffer));
    }

    private static long ResidentBytes() => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
