using System.Runtime.InteropServices;

namespace ArtSimilarity.Benchmarks.Signatures;

/// <summary>
/// Vectors in the layout of the big-ann benchmarks (<c>.fbin</c>): count and dimensions as 32-bit integers, then the floats row by
/// row, little-endian.
/// </summary>
internal sealed class VectorFile : IDisposable
{
    private const int HeaderBytes = 2 * sizeof(int);

    private readonly FileStream _stream;

    private VectorFile(FileStream stream, int count, int dimensions) => (_stream, Count, Dimensions) = (stream, count, dimensions);

    public int Count { get; }

    public int Dimensions { get; }

    /// <exception cref="InvalidDataException">The file's length is not what its header says.</exception>
    public static VectorFile Open(string path)
    {
        FileStream stream = File.OpenRead(path);
        try
        {
            int[] header = new int[2];
            stream.ReadExactly(MemoryMarshal.AsBytes(header.AsSpan()));
            long length = HeaderBytes + ((long)header[0] * header[1] * sizeof(float));
            return header[0] >= 0 && header[1] >= 1 && stream.Length == length
                ? new VectorFile(stream, header[0], header[1])
                : throw new InvalidDataException($"{path}: {header[0]} vectors of {header[1]} dimensions need {length} bytes, the file has {stream.Length}.");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public static float[] ReadAll(string path)
    {
        using VectorFile file = Open(path);
        float[] rows = new float[file.Count * file.Dimensions];
        file.Read(rows);
        return rows;
    }

    /// <summary>Writes a file under a temporary name, and gives it its own when it is whole.</summary>
    public static void Write(string path, int count, int dimensions, Action<Stream> writeRows)
    {
        string part = path + ".part";
        using (FileStream stream = File.Create(part))
        {
            stream.Write(MemoryMarshal.AsBytes<int>([count, dimensions]));
            writeRows(stream);
        }

        Open(part).Dispose();
        File.Move(part, path, overwrite: true);
    }

    /// <summary>Reads the rows that come next.</summary>
    public void Read(Span<float> rows) => _stream.ReadExactly(MemoryMarshal.AsBytes(rows));

    public void Dispose() => _stream.Dispose();
}
