using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using ArtSimilarity.Annoy.Building;

namespace ArtSimilarity.Annoy.Files;

/// <summary>Writes a built forest as a file, or as the same bytes in memory.</summary>
internal sealed unsafe class ForestWriter
{
    private const int ChunkLength = 1 << 20;

    private readonly Rows _rows;
    private readonly BuiltTree[] _trees;
    private readonly byte[] _stamp;
    private readonly ForestLayout _layout;

    /// <exception cref="ArgumentException">The stamp is too long.</exception>
    public ForestWriter(Rows rows, BuiltTree[] trees, AnnoyIndexOptions options, string stamp)
    {
        _rows = rows;
        _trees = trees;
        _stamp = Encoding.UTF8.GetBytes(stamp);
        if (_stamp.Length > ForestLayout.MaxStampLength)
        {
            throw new ArgumentException($"The stamp has {_stamp.Length} bytes, more than {ForestLayout.MaxStampLength}.", nameof(stamp));
        }

        _layout = new ForestLayout
        {
            Dimensions = rows.Dimensions,
            Count = rows.Count,
            TreeCount = trees.Length,
            LeafSize = options.LeafSize,
            NodeCount = trees.Sum(tree => (long)tree.Nodes.Count),
            PlaneCount = trees.Sum(tree => (long)tree.Planes.Count),
            Seed = options.Seed,
            StampLength = _stamp.Length,
        };
    }

    public NativeForestMemory ToMemory(CancellationToken cancellationToken)
    {
        var memory = new NativeForestMemory(_layout.FileLength);
        try
        {
            using var stream = new UnmanagedMemoryStream(memory.Pointer, 0, memory.Length, FileAccess.ReadWrite);
            Write(stream, cancellationToken);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Writes beside the file, flushes to the disk and renames: whoever opens it finds the old file or the new one.</summary>
    /// <returns>The new file, mapped before it got its name where the system allows that: another process may replace it at once.</returns>
    public ForestMemory ToFile(string path, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():n}.tmp");
        RemoveLeftovers(full);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, ChunkLength))
            {
                Write(stream, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (OperatingSystem.IsWindows())
            {
                File.Move(temporary, full, overwrite: true); // a mapped file cannot be renamed there
                return MappedForestMemory.Open(full);
            }

            ForestMemory memory = MappedForestMemory.Open(temporary);
            try
            {
                File.Move(temporary, full, overwrite: true);
                return memory;
            }
            catch
            {
                memory.Dispose();
                throw;
            }
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Deletes what builds of the same file left behind when their process was killed; one that is still written is locked.</summary>
    private static void RemoveLeftovers(string path)
    {
        foreach (string leftover in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.*.tmp"))
        {
            try
            {
                using (new FileStream(leftover, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }

                File.Delete(leftover);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another build is writing it.
            }
        }
    }

    private void Write(Stream stream, CancellationToken cancellationToken)
    {
        byte[] hashes = new byte[ForestLayout.SectionCount * ForestLayout.HashLength];
        stream.Write(new byte[ForestLayout.HeaderLength]);
        for (ForestSection section = ForestSection.Stamp; (int)section <= ForestLayout.SectionCount; section++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var hash = new XxHash128();
            WriteSection(section, bytes =>
            {
                hash.Append(bytes);
                stream.Write(bytes);
            });
            hash.GetHashAndReset(hashes.AsSpan(((int)section - 1) * ForestLayout.HashLength));
        }

        stream.Position = 0;
        stream.Write(_layout.ToHeader(hashes));
    }

    private void WriteSection(ForestSection section, ByteSink write)
    {
        switch (section)
        {
            case ForestSection.Stamp:
                write(_stamp);
                break;
            case ForestSection.Ids:
                write(MemoryMarshal.AsBytes(_rows.Ids.AsSpan()));
                break;
            case ForestSection.InverseNorms:
                write(MemoryMarshal.AsBytes(_rows.InverseNorms.AsSpan()));
                break;
            case ForestSection.Vectors:
                for (int row = 0; row < _rows.Count; row++)
                {
                    write(new ReadOnlySpan<byte>(_rows[row], _rows.Stride * sizeof(float)));
                }

                break;
            case ForestSection.Trees:
                Span<long> entry = [0, 0];
                write(MemoryMarshal.AsBytes(entry));
                foreach (BuiltTree tree in _trees)
                {
                    entry[0] += tree.Nodes.Count;
                    entry[1] += tree.Planes.Count;
                    write(MemoryMarshal.AsBytes(entry));
                }

                break;
            case ForestSection.Nodes:
                foreach (BuiltTree tree in _trees)
                {
                    write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(tree.Nodes)));
                }

                break;
            case ForestSection.Items:
                foreach (BuiltTree tree in _trees)
                {
                    write(MemoryMarshal.AsBytes(tree.Items.AsSpan()));
                }

                break;
            case ForestSection.Planes:
                foreach (BuiltTree tree in _trees)
                {
                    foreach (float[] plane in tree.Planes)
                    {
                        write(MemoryMarshal.AsBytes(plane.AsSpan()));
                    }
                }

                break;
        }

        write(new byte[_layout.PaddedLengthOf(section) - _layout.LengthOf(section)]);
    }

    private delegate void ByteSink(ReadOnlySpan<byte> bytes);
}
