using System.IO.MemoryMappedFiles;

namespace ArtSimilarity.Annoy.Files;

/// <summary>A file mapped into memory; processes that open the same file share its pages.</summary>
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
    /// <exception cref="Indexing.VectorIndexFileException">The file is shorter than the shortest one of its kind.</exception>
    public static MappedIndexMemory Open(string path, long shortest = IndexLayout.HeaderLength)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new FileNotFoundException($"There is no index file {path}.", path, exception);
        }

        using (stream)
        {
            long length = stream.Length;
            if (length < shortest)
            {
                throw new Indexing.VectorIndexFileException($"{path}: {length} bytes are too short, the shortest possible file has {shortest}.");
            }

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
