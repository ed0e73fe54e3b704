using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Files;

namespace ArtSimilarity.Onnx.Extraction;

/// <summary>The files beside a model that hold weights of it.</summary>
/// <remarks>
/// Whatever is wrong with one is told here, before ONNX Runtime meets it: that would wait for ever at a pipe, and name places in its own
/// source.
/// </remarks>
internal static class ExternalWeights
{
    /// <summary>One hash over the model and the files of its weights, their names included.</summary>
    /// <param name="modelSha256">The hash of the model's own bytes.</param>
    /// <param name="tensors">The weights that are in other files.</param>
    /// <param name="folder">The model's folder; <see langword="null"/> for a model in memory.</param>
    /// <param name="modelName">The model, for messages.</param>
    /// <returns>The hash in hexadecimal digits.</returns>
    /// <exception cref="OnnxModelException">
    /// There is no folder, or a file is missing, no regular one, shorter than the model says, cannot be read or lies outside the folder.
    /// </exception>
    public static string Hash(string modelSha256, IReadOnlyList<ExternalTensor> tensors, string? folder, string modelName)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(modelSha256));
        foreach (IGrouping<string, ExternalTensor> file in tensors.GroupBy(tensor => tensor.File, StringComparer.Ordinal).OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            string path = Locate(file.Key, folder, modelName);
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(file.Key)));
            try
            {
                using FileStream stream = File.OpenRead(path);
                ThrowIfTooShort(path, stream.Length, file, modelName);
                hash.AppendData(SHA256.HashData(stream));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new OnnxModelException(modelName, $"the file {path} of its weights cannot be read: {e.Message}", e);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Locate(string file, string? folder, string modelName)
    {
        if (folder is null)
        {
            throw new OnnxModelException(modelName, $"keeps weights in the file '{Text(file)}', which a model in memory cannot have. Set ModelPath to the model's file.");
        }

        // The same model must be refused on every system, whichever separators and drives it knows.
        string[] parts = file.Split('/', '\\');
        if (string.IsNullOrWhiteSpace(file) || file.Contains('\0') || parts[0].Length == 0 || parts[0].Contains(':') || parts.Contains(".."))
        {
            throw new OnnxModelException(
                modelName, $"keeps weights in '{Text(file)}', which is no file in the model's folder {folder} or below. Only such files are read.");
        }

        string path = Path.Combine(folder, file);
        if (FileKinds.Fault(path) is string fault)
        {
            throw new OnnxModelException(modelName, $"keeps weights in the file '{Text(file)}': {Text(path)} {fault}. Put the file of the weights there.");
        }

        if (!File.Exists(path))
        {
            throw new OnnxModelException(modelName, $"keeps weights in the file '{Text(file)}', and there is no {Text(path)}. Put it there.");
        }

        // The model may lie in a linked folder, but its weights not in another one: ONNX Runtime refuses that as well.
        string real = RealPath.Of(Path.GetFullPath(path));
        string inside = Path.TrimEndingDirectorySeparator(RealPath.Of(Path.GetFullPath(folder))) + Path.DirectorySeparatorChar;
        return real.StartsWith(inside, RealPath.Comparison)
            ? path
            : throw new OnnxModelException(
                modelName,
                $"keeps weights in the file '{Text(file)}', but {Text(path)} is a link to {Text(real)}, outside the model's folder. Put a copy of the file there instead of the link.");
    }

    private static void ThrowIfTooShort(string path, long fileLength, IEnumerable<ExternalTensor> tensors, string modelName)
    {
        foreach (ExternalTensor tensor in tensors)
        {
            long offset = Number(path, tensor, "offset", tensor.Offset, modelName);
            long length = Number(path, tensor, "length", tensor.Length, modelName);
            if (tensor.Size is long size && length > 0 && length != size)
            {
                throw new OnnxModelException(
                    modelName, $"says that the weights '{Text(tensor.Name)}' are {length} bytes of the file {Text(path)}, and by their shape they have {size}. The model is damaged: copy or download it again.");
            }

            length = tensor.Size ?? length;
            if (length > fileLength || offset > fileLength - length)
            {
                throw new OnnxModelException(
                    modelName,
                    $"the file {Text(path)} of its weights is {(fileLength == 0 ? "empty" : "cut short")}: '{Text(tensor.Name)}' is {length} bytes from byte {offset} on, and the file has {fileLength}. Copy or download it again.");
            }
        }
    }

    private static long Number(string path, ExternalTensor tensor, string field, string? text, string modelName) =>
        text is null ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : throw new OnnxModelException(
            modelName, $"says of the weights '{Text(tensor.Name)}' in the file {Text(path)} that their {field} is '{Text(text)}', which is no number of bytes. The model is damaged: copy or download it again.");

    /// <summary>A name out of a file by a stranger, fit for one line.</summary>
    private static string Text(string name) =>
        string.Concat(name.Select(character => char.IsControl(character) ? $"\\u{(int)character:X4}" : character.ToString()));
}
