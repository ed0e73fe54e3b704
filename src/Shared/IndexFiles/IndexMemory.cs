using System.Runtime.InteropServices;

namespace ArtSimilarity.IndexFiles;

/// <summary>The bytes of an index. Released when it is disposed and the last search that holds it has ended.</summary>
internal abstract unsafe class IndexMemory(long length) : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    public byte* Pointer => (byte*)handle;

    public long Length { get; } = length;
}
