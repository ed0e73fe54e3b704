using System.Security.Cryptography;
using System.Text;

namespace ArtSimilarity.Onnx.Extraction;

/// <summary>The files beside a model that hold weights of it.</summary>
internal static class ExternalWeights
{
    /// <summary>One hash over the model and the files of its weights, their names included.</summary>
    /// <param name="modelSha256">The hash of the model's own bytes.</param>
    /// <param name="files">The files as the model names them, in a fixed order.</param>
    /// <param name="folder">The model's folder; <see langword="null"/> for a model in memory.</param>
    /// <param name="modelName">The model, for messages.</param>
    /// <returns>The hash in hexadecimal digits.</returns>
    /// <exception cref="OnnxModelException">There is no folder, or a file is missing, cannot be read or lies outside the folder.</exception>
    public static string Hash(string modelSha256, IReadOnlyCollection<string> files, string? folder, string modelName)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(modelSha256));
        foreach (string file in files)
        {
            string path = Locate(file, folder, modelName);
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(file)));
            try
            {
                using FileStream stream = File.OpenRead(path);
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
            throw new OnnxModelException(modelName, $"keeps weights in the file '{file}', which a model in memory cannot have. Set ModelPath to the model's file.");
        }

        // The same model must be refused on every system, whichever separators and drives it knows.
        string[] parts = file.Split('/', '\\');
        if (string.IsNullOrWhiteSpace(file) || file.Contains('\0') || parts[0].Length == 0 || parts[0].Contains(':') || parts.Contains(".."))
        {
            throw new OnnxModelException(
                modelName, $"keeps weights in '{Text(file)}', which is no file in the model's folder {folder} or below. Only such files are read.");
        }

        string path = Path.Combine(folder, file);
        return File.Exists(path)
            ? path
            : throw new OnnxModelException(modelName, $"keeps weights in the file '{Text(file)}', and there is no {Text(path)}. Put it there.");
    }

    /// <summary>A name out of a file by a stranger, fit for one line.</summary>
    private static string Text(string name) =>
        string.Concat(name.Select(character => char.IsControl(character) ? $"\\u{(int)character:X4}" : character.ToString()));
}
