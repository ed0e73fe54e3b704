using System.Text;
using ArtSimilarity.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Running;

/// <summary>
/// The whole state of a run after an epoch, in one file that is replaced whole. It holds <c>ARTC</c>, version, the run's identity,
/// phase, epoch and steps. Each tensor's name, length and 32-bit floats follow, and the XxHash3 of everything before.
/// </summary>
internal static class Checkpoint
{
    private const uint Magic = 0x43545241;
    private const int Version = 1;

    public static void Write(string path, string identity, CheckpointPosition position, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        string temporary = path + ".tmp";
        using (FileStream file = File.Create(temporary))
        {
            var hash = new System.IO.Hashing.XxHash3();
            using var buffer = new MemoryStream();
            using var writer = new BinaryWriter(buffer, Encoding.UTF8);
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write(identity);
            writer.Write(position.Phase);
            writer.Write(position.Epoch);
            writer.Write(position.Steps);
            (string Name, Tensor Value)[] all = [.. tensors];
            writer.Write(all.Length);
            Flush();
            foreach ((string name, Tensor value) in all)
            {
                using var scope = NewDisposeScope(); // see TensorSums
                Tensor flat = Flat(value);
                writer.Write(name);
                writer.Write(flat.numel());
                Flush();
                Append(flat.bytes);
            }

            Span<byte> sum = stackalloc byte[8];
            hash.GetCurrentHash(sum);
            file.Write(sum);
            file.Flush(flushToDisk: true);

            void Flush()
            {
                writer.Flush();
                Append(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
                buffer.SetLength(0);
            }

            void Append(ReadOnlySpan<byte> bytes)
            {
                file.Write(bytes);
                hash.Append(bytes);
            }
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Where a checkpoint of this run stands, without its tensors.</summary>
    /// <returns>The position, or <see langword="null"/> where there is no file.</returns>
    /// <exception cref="CheckpointException">The file is damaged or of another run.</exception>
    public static CheckpointPosition? Peek(string path, string identity)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using FileStream file = Open(path);
        Verify(path, file);
        file.Position = 0;
        using var reader = new BinaryReader(file, Encoding.UTF8);
        return ReadHeader(reader, path, identity);
    }

    /// <summary>Reads a checkpoint into tensors of the same names and lengths; nothing is changed unless all of it is whole.</summary>
    /// <exception cref="CheckpointException">The file is damaged or of another run.</exception>
    public static void Read(string path, string identity, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        using FileStream file = Open(path);
        Verify(path, file);
        file.Position = 0;
        using var reader = new BinaryReader(file, Encoding.UTF8);
        try
        {
            ReadHeader(reader, path, identity);
            int count = reader.ReadInt32();
            foreach ((string expected, Tensor value) in tensors)
            {
                string name = count-- > 0 ? reader.ReadString() : "nothing";
                long length = name == expected ? reader.ReadInt64() : -1;
                if (length != value.numel())
                {
                    throw new CheckpointException(path, $"holds {name} where {expected} of {value.numel()} numbers was expected");
                }

                using var scope = NewDisposeScope(); // see TensorSums
                Tensor flat = Flat(value);
                reader.BaseStream.ReadExactly(flat.bytes);
                using (no_grad())
                using (Tensor shaped = Unflatten(flat, value))
                {
                    value.copy_(shaped);
                }
            }
        }
        catch (EndOfStreamException e)
        {
            throw new CheckpointException(path, "ends early", e);
        }
    }

    private static FileStream Open(string path)
    {
        if (FileKinds.Fault(path) is string fault)
        {
            throw new CheckpointException(path, fault);
        }

        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"cannot be read: {e.Message}", e);
        }
    }

    private static void Verify(string path, FileStream file)
    {
        var hash = new System.IO.Hashing.XxHash3();
        byte[] chunk = new byte[1 << 20];
        for (long left = file.Length - 8; left > 0;)
        {
            int read = file.Read(chunk, 0, (int)Math.Min(left, chunk.Length));
            if (read == 0)
            {
                break;
            }

            hash.Append(chunk.AsSpan(0, read));
            left -= read;
        }

        byte[] sum = new byte[8];
        if (file.Length < 16 || file.ReadAtLeast(sum, 8, throwOnEndOfStream: false) < 8 || !hash.GetCurrentHash().AsSpan().SequenceEqual(sum))
        {
            throw new CheckpointException(path, "is damaged (its checksum is wrong)");
        }
    }

    private static CheckpointPosition ReadHeader(BinaryReader reader, string path, string identity)
    {
        try
        {
            if (reader.ReadUInt32() != Magic || reader.ReadInt32() != Version)
            {
                throw new CheckpointException(path, "is no checkpoint of this version");
            }

            string found = reader.ReadString();
            return found == identity
                ? new CheckpointPosition(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32())
                : throw new CheckpointException(path, "is of a run with other pictures, labels, base model, recipe or seed; remove it, or choose another folder, to begin anew");
        }
        catch (EndOfStreamException e)
        {
            throw new CheckpointException(path, "ends early", e);
        }
    }

    // Kernels lie in memory with their channels last; the file has them in the order of their shape.
    private static Tensor Flat(Tensor value) => value.detach().to(ScalarType.Float32).cpu().contiguous().clone().reshape(-1);

    private static Tensor Unflatten(Tensor flat, Tensor like) => flat.reshape(like.shape);
}
