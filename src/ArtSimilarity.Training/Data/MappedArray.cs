using System.IO.MemoryMappedFiles;

namespace ArtSimilarity.Training.Data;

/// <summary>
/// Equally long rows of bytes in a file that is mapped into memory, for more of them than should lie on the heap. The file is
/// complete once <see cref="Complete"/> has given it its name.
/// </summary>
internal sealed unsafe class MappedArray : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly string _path;
    private readonly string? _unfinished;
    private readonly byte* _start;

    private MappedArray(string path, string? unfinished, long rows, int rowBytes)
    {
        _path = path;
        _unfinished = unfinished;
        Rows = rows;
        RowBytes = rowBytes;
        long length = checked(rows * rowBytes);

        // The room is taken now, so that a full disk is an IOException here and not a crash at a write through the map.
        var stream = new FileStream(unfinished ?? path, new FileStreamOptions
        {
            Mode = unfinished is null ? FileMode.Open : FileMode.Create,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
            PreallocationSize = unfinished is null ? 0 : length,
        });
        if (unfinished is not null)
        {
            stream.SetLength(length);
        }

        _file = MemoryMappedFile.CreateFromFile(stream, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, length);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    public long Rows { get; }

    public int RowBytes { get; }

    /// <summary>Whether the file was there, whole.</summary>
    public bool IsComplete => _unfinished is null;

    public Span<byte> this[long row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)row, (ulong)Rows, nameof(row));
            return new Span<byte>(_start + (row * RowBytes), RowBytes);
        }
    }

    /// <summary>Opens a file if it is there, whole; else begins a new one under a temporary name.</summary>
    public static MappedArray OpenOrCreate(string path, long rows, int rowBytes)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length == rows * rowBytes
            ? new MappedArray(path, null, rows, rowBytes)
            : new MappedArray(path, path + ".tmp", rows, rowBytes);
    }

    /// <summary>Gives a new file its name.</summary>
    public void Complete()
    {
        if (_unfinished is not null)
        {
            _view.Flush();
            File.Move(_unfinished, _path, overwrite: true);
        }
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
