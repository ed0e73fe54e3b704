using System.Runtime.InteropServices;

namespace ArtSimilarity.IndexFiles;

/// <summary>Memory of the process, aligned to a cache line; much of it in huge pages where the system grants them.</summary>
internal sealed unsafe partial class NativeIndexMemory : IndexMemory
{
    /// <summary>Bytes of a cache line.</summary>
    public const int Alignment = 64;

    // A search reads rows all over an index. Pages of 4 KiB are then too many for the processor's table of translations.
    private const int HugePage = 2 << 20, HugePagesFrom = 2 * HugePage;
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE of sys/mman.h on Linux

    public NativeIndexMemory(long length)
        : base(length)
    {
        bool wantsHugePages = OperatingSystem.IsLinux() && length >= HugePagesFrom;
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)length, (nuint)(wantsHugePages ? HugePage : Alignment)));
        GC.AddMemoryPressure(length);
        if (wantsHugePages)
        {
            _ = Advise(handle, (nuint)(length / HugePage * HugePage), AdviseHugePages); // it costs nothing where the system refuses
        }
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure(Length);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
