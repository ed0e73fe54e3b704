using System.Security.Cryptography;
using System.Text;

namespace ArtSimilarity.Onnx;

/// <summary>A model's bytes, name and hash, with what the options leave open filled in.</summary>
internal sealed class OnnxModel
{
    private OnnxModel(string name, byte[] bytes, string? folder)
    {
        Name = name;
        Bytes = bytes;
        Folder = folder;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    public string Name { get; }

    public byte[] Bytes { get; }

    /// <summary>The folder that weights outside the file are looked for in; none for a model in memory.</summary>
    public string? Folder { get; }

    public string Sha256 { get; }

    /// <summary>Loads the model that the options name; one of the catalogue must be in the cache.</summary>
    public static OnnxModel Load(OnnxFeatureExtractorOptions options)
    {
        if (options.ModelBytes is not null)
        {
            return options.ModelPath is null
                ? new OnnxModel(options.ModelName ?? "model", options.ModelBytes, null)
                : throw new ArgumentException("Set ModelPath or ModelBytes, not both.", nameof(options));
        }

        if (options.ModelPath is not null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(options.ModelPath, "options.ModelPath");
            return Read(options.ModelPath, options.ModelName);
        }

        if (options.ModelName is null)
        {
            throw new ArgumentException(
                $"No model: set ModelPath, ModelBytes or ModelName (one of {string.Join(", ", ModelCatalog.KnownModels.Select(known => known.Name))}).", nameof(options));
        }

        ModelCatalog catalog = options.Catalog ?? new ModelCatalog();
        ModelDescription description = catalog.Require(options.ModelName);
        string path = catalog.GetPath(description.Name);
        if (!File.Exists(path))
        {
            throw new OnnxModelException(
                description.Name,
                $"is not in {catalog.CacheDirectory}. Download it with ModelCatalog.DownloadAsync(\"{description.Name}\") ({description.Size / 1e6:0} MB, {description.License}), or set AllowDownload.");
        }

        OnnxModel model = Read(path, description.Name);
        return model.Sha256.Equals(description.Sha256, StringComparison.OrdinalIgnoreCase)
            ? model
            : throw new OnnxModelException(
                description.Name, $"the file {path} is damaged (its SHA-256 is {model.Sha256}, not {description.Sha256}). ModelCatalog.DownloadAsync replaces it.");
    }

    private static OnnxModel Read(string path, string? name)
    {
        name ??= Path.GetFileNameWithoutExtension(path);
        try
        {
            if (!File.Exists(path))
            {
                throw new OnnxModelException(name, $"there is no file {path}.");
            }

            byte[] bytes = File.ReadAllBytes(path);
            return bytes.AsSpan().StartsWith("version https://git-lfs"u8)
                ? throw new OnnxModelException(name, $"{path} is a Git LFS pointer, not the model itself ({Encoding.UTF8.GetString(bytes).ReplaceLineEndings(" ").Trim()}).")
                : new OnnxModel(name, bytes, Path.GetDirectoryName(Path.GetFullPath(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OnnxModelException(name, $"{path} cannot be read: {e.Message}", e);
        }
    }
}
