using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ArtSimilarity.CommandLine;
using ArtSimilarity.Files;

namespace ArtSimilarity.Cli.Catalogue;

/// <summary>
/// Reads query vectors: <c>.json</c>, an array of arrays of numbers, or <c>.fbin</c>, two 32-bit integers (count, dimensions) and
/// then the floats, little-endian, as the nearest-neighbour benchmarks exchange them.
/// </summary>
internal static class VectorFile
{
    /// <exception cref="CommandFailedException">The file is of another kind, damaged, or of other dimensions; says where.</exception>
    public static IReadOnlyList<float[]> Read(string path, int dimensions)
    {
        if (FileKinds.Fault(path) is string fault)
        {
            throw new CommandFailedException($"{path} {fault}.");
        }

        if (!File.Exists(path))
        {
            throw new CommandFailedException($"there is no file {path}.");
        }

        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".json" => ReadJson(path, dimensions),
            ".fbin" => ReadBinary(path, dimensions),
            string extension => throw new CommandFailedException($"{path}: vectors are read from .json and .fbin files, not from '{extension}'."),
        };
    }

    private static List<float[]> ReadJson(string path, int dimensions)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new CommandFailedException(string.Create(CultureInfo.InvariantCulture, $"{path}: not JSON from line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} on."), e);
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw new CommandFailedException($"{path}: not an array of arrays of numbers, but {Said(document.RootElement)}.");
            }

            List<float[]> vectors = [];
            foreach (JsonElement row in document.RootElement.EnumerateArray())
            {
                if (row.ValueKind != JsonValueKind.Array)
                {
                    throw new CommandFailedException(string.Create(CultureInfo.InvariantCulture, $"{path}: entry {vectors.Count + 1} is not an array of numbers, but {Said(row)}."));
                }

                List<float> vector = [];
                foreach (JsonElement number in row.EnumerateArray())
                {
                    vector.Add(number.ValueKind == JsonValueKind.Number && number.TryGetSingle(out float value) ? value
                        : throw new CommandFailedException(string.Create(CultureInfo.InvariantCulture, $"{path}: entry {vectors.Count + 1} has {Said(number)} as number {vector.Count + 1}.")));
                }

                vectors.Add(vector.Count == dimensions ? Finite(path, vectors.Count, [.. vector]) : throw WrongLength(path, vectors.Count, vector.Count, dimensions));
            }

            return vectors;
        }
    }

    private static string Said(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Null => "null",
        _ => element.GetRawText(),
    };

    private static float[][] ReadBinary(string path, int dimensions)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length < 8)
        {
            throw new CommandFailedException($"{path}: {bytes.Length} bytes are too short for a count and the dimensions.");
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        if (length != dimensions)
        {
            throw WrongLength(path, 0, length, dimensions);
        }

        if (count < 0 || bytes.Length != 8 + ((long)count * dimensions * sizeof(float)))
        {
            throw new CommandFailedException(string.Create(
                CultureInfo.InvariantCulture, $"{path}: {count} vectors of {dimensions} dimensions need {8 + ((long)count * dimensions * sizeof(float))} bytes, the file has {bytes.Length}."));
        }

        return [.. Enumerable.Range(0, count).Select(i => Finite(path, i, MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + (i * dimensions * sizeof(float)), dimensions * sizeof(float))).ToArray()))];
    }

    private static float[] Finite(string path, int vector, float[] components) => Array.TrueForAll(components, float.IsFinite) ? components
        : throw new CommandFailedException($"{path}: component {Array.FindIndex(components, component => !float.IsFinite(component))} of vector {vector} is not a finite number of single precision.");

    private static CommandFailedException WrongLength(string path, int vector, int length, int dimensions) =>
        new($"{path}: vector {vector} has {length} dimensions, not the {dimensions} of --dimensions.");
}
