using System.Runtime.ExceptionServices;
using ArtSimilarity.Files;
using ArtSimilarity.Indexing;

namespace ArtSimilarity.IndexFiles;

/// <summary>Reads a whole file into the process's own memory, where nothing that happens to the file can reach it.</summary>
internal static unsafe class IndexFile
{
    private const int ChunkLength = 1 << 22;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="beginning">How many bytes the shortest file of its kind has.</param>
    /// <param name="check">Looks at the first bytes and the length, before memory is taken for the rest, and throws where they are wrong.</param>
    /// <param name="option">The option that maps a file instead, for messages.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="VectorIndexFileException">The file is no regular one, is too short, or somebody changed it meanwhile.</exception>
    /// <exception cref="InsufficientMemoryException">The process may not use as much memory as the file is long.</exception>
    public static NativeIndexMemory Read(string path, int beginning, Action<byte[], long>? check, string option)
    {
        using FileStream stream = OpenFile(path);
        (long Length, DateTime Written) state = StateOf(stream);
        ThrowIfTooShort(path, state.Length, beginning);
        if (check is not null)
        {
            byte[] first = new byte[beginning];
            check(TryFill(stream, first, 0) ? first : throw Changed(path), state.Length);
        }

        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (available > 0 && state.Length > available)
        {
            throw new InsufficientMemoryException(
                FormattableString.Invariant($"{path}: its {state.Length / 1e9:0.0} GB do not fit into the {available / 1e9:0.0} GB that the process may use. {option} opens a file without reading it."));
        }

        var memory = new NativeIndexMemory(state.Length);
        try
        {
            bool isWhole = TryFill(stream, memory);
            return isWhole && StateOf(stream) == state ? memory : throw Changed(path);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="VectorIndexFileException">It is a folder, a pipe, a socket or a device.</exception>
    public static FileStream OpenFile(string path)
    {
        if (FileKinds.Fault(path) is string fault)
        {
            throw new VectorIndexFileException($"{path} {fault}. Name an index file.");
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new FileNotFoundException($"There is no index file {path}.", path, exception);
        }
    }

    /// <exception cref="VectorIndexFileException">The file is shorter than the shortest one of its kind.</exception>
    public static void ThrowIfTooShort(string path, long length, long shortest)
    {
        if (length < shortest)
        {
            throw new VectorIndexFileException($"{path}: {length} bytes are too short, the shortest possible file has {shortest}.");
        }
    }

    /// <summary>Reads on several threads: most of the time goes into the first touch of the memory.</summary>
    private static bool TryFill(FileStream stream, NativeIndexMemory memory)
    {
        long chunks = (memory.Length + ChunkLength - 1) / ChunkLength;
        try
        {
            return Parallel.For(0L, chunks, (chunk, loop) =>
            {
                long at = chunk * ChunkLength;
                if (!TryFill(stream, new Span<byte>(memory.Pointer + at, (int)Math.Min(ChunkLength, memory.Length - at)), at))
                {
                    loop.Stop();
                }
            }).IsCompleted;
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            throw;
        }
    }

    private static bool TryFill(FileStream stream, Span<byte> buffer, long at)
    {
        while (!buffer.IsEmpty)
        {
            int read = RandomAccess.Read(stream.SafeFileHandle, buffer, at);
            if (read == 0)
            {
                return false;
            }

            buffer = buffer[read..];
            at += read;
        }

        return true;
    }

    private static (long Length, DateTime Written) StateOf(FileStream stream) =>
        (RandomAccess.GetLength(stream.SafeFileHandle), File.GetLastWriteTimeUtc(stream.SafeFileHandle));

    private static VectorIndexFileException Changed(string path) =>
        new($"{path}: somebody changed it while it was read. Replace an index by renaming another file over it.");
}
