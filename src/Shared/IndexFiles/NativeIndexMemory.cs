using System.Runtime.InteropServices;

namespace ArtSimilarity.IndexFiles;

/// <summary>Memory of the process, aligned to a cache line.</summary>
internal sealed unsafe class NativeIndexMemory : IndexMemory
{
    /// <summary>Bytes of a cache line.</summary>
    public const int Alignment = 64;

    public NativeIndexMemory(long length)
        : base(length)
    {
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)length, Alignment));
        GC.AddMemoryPressure(length);
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure(Length);
        return true;
    }
}
