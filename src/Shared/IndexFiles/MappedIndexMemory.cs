using System.IO.MemoryMappedFiles;

namespace ArtSimilarity.IndexFiles;

/// <summary>A file mapped into memory; processes that open the same file share its pages.</summary>
/// <remarks>
/// Whoever overwrites the file in place changes what a search reads. Whoever truncates it makes the system end the process at the
/// next read, which no handler in managed code can prevent.
/// </remarks>
internal sealed unsafe class MappedIndexMemory : IndexMemory
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private MappedIndexMemory(MemoryMappedFile file, MemoryMappedViewAccessor view, long length)
        : base(length)
    {
        _file = file;
        _view = view;
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        SetHandle((nint)(pointer + view.PointerOffset));
    }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="Indexing.VectorIndexFileException">The file is no regular one, or shorter than the shortest one of its kind.</exception>
    public static MappedIndexMemory Open(string path, long shortest)
    {
        using (FileStream stream = IndexFile.OpenFile(path))
        {
            long length = stream.Length;
            IndexFile.ThrowIfTooShort(path, length, shortest);
            MemoryMappedFile file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            try
            {
                return new MappedIndexMemory(file, file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    protected override bool ReleaseHandle()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        return true;
    }
}
