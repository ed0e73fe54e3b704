using System.Runtime.InteropServices;

namespace ArtSimilarity.Annoy.Files;

/// <summary>Memory of the process, aligned to a cache line.</summary>
internal sealed unsafe class NativeIndexMemory : IndexMemory
{
    public NativeIndexMemory(long length)
        : base(length)
    {
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)length, IndexLayout.Alignment));
        GC.AddMemoryPressure(length);
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure(Length);
        return true;
    }
}
