using System.Security.Cryptography;
using System.Text;
using ArtSimilarity.Files;
using ArtSimilarity.Onnx.Models;

namespace ArtSimilarity.Onnx.Extraction;

/// <summary>A model's bytes, name, hash and what is known of it, with what the options leave open filled in.</summary>
internal sealed class OnnxModel
{
    private const int HashDigits = 12;

    /// <summary>Several times as many operators as the largest image models have.</summary>
    private const long MostExpandedNodes = 250_000;

    private OnnxModel(string name, byte[] bytes, string? path)
    {
        Name = name;
        Bytes = bytes;
        Folder = path is null ? null : Path.GetDirectoryName(Path.GetFullPath(path));
        Sha256 = Hash(bytes);
        Graph = OnnxGraph.TryRead(bytes) ?? throw NoModel(name, bytes, path);
        if (Graph.HasFunctions && Graph.ExpandedNodeCount > MostExpandedNodes)
        {
            throw new OnnxModelException(name, $"its functions call one another so often that they make more than {MostExpandedNodes} operators.");
        }

        Info = TrainedModelInfo.FromProperties(Graph.Properties, name);
        Id = $"{name}@{(Graph.ExternalTensors.Count == 0 ? Sha256 : ExternalWeights.Hash(Sha256, Graph.ExternalTensors, Folder, name))[..HashDigits]}";
    }

    public string Name { get; }

    public byte[] Bytes { get; }

    /// <summary>The folder that weights outside the file are looked for in; none for a model in memory.</summary>
    public string? Folder { get; }

    /// <summary>The hash of the model's own bytes; weights in other files are not in it.</summary>
    public string Sha256 { get; }

    /// <summary>The name and the beginning of a hash over all the model's bytes, which tell this model from any other.</summary>
    public string Id { get; }

    public OnnxGraph Graph { get; }

    /// <summary>What the model says of itself; <see langword="null"/> where it was not trained by ArtSimilarity.Training.</summary>
    public TrainedModelInfo? Info { get; }

    /// <summary>Downloads the model that the options name where that is allowed and needed.</summary>
    public static async Task DownloadAsync(OnnxModelOptions options, IProgress<ModelDownloadProgress>? progress, CancellationToken cancellationToken)
    {
        if (!options.AllowDownload || options.ModelPath is not null || options.ModelBytes is not null || options.ModelName is null)
        {
            return;
        }

        ModelCatalog catalog = Catalog(options);
        if (!IsEmbedded(options.ModelName, catalog) && !catalog.IsDownloaded(options.ModelName))
        {
            await catalog.DownloadAsync(options.ModelName, progress, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Loads the model that the options name; one of the catalogue must be in the package or in the cache.</summary>
    public static OnnxModel Load(OnnxModelOptions options)
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
            string name = options.ModelName ?? Path.GetFileNameWithoutExtension(options.ModelPath);
            return new OnnxModel(name, Read(options.ModelPath, name), options.ModelPath);
        }

        ModelCatalog catalog = Catalog(options);
        if (options.ModelName is null || IsEmbedded(options.ModelName, catalog))
        {
            string embedded = (options.ModelName ?? EmbeddedModel.Default?.Name ?? EmbeddedModel.Name).ToLowerInvariant();
            return new OnnxModel(embedded, EmbeddedModel.Read(embedded), null);
        }

        ModelDescription description = catalog.Require(options.ModelName);
        string path = catalog.GetPath(description.Name);
        if (!File.Exists(path))
        {
            throw new OnnxModelException(
                description.Name,
                $"is not in {catalog.CacheDirectory}. Download it with ModelCatalog.DownloadAsync(\"{description.Name}\") ({description.Size / 1e6:0} MB, {description.License}), or set AllowDownload.");
        }

        byte[] bytes = Read(path, description.Name);
        string hash = Hash(bytes);
        return hash.Equals(description.Sha256, StringComparison.OrdinalIgnoreCase)
            ? new OnnxModel(description.Name, bytes, path)
            : throw new OnnxModelException(
                description.Name, $"the file {path} is damaged (its SHA-256 is {hash}, not {description.Sha256}). ModelCatalog.DownloadAsync replaces it.");
    }

    /// <summary>What the catalogue says of a model of these contents.</summary>
    public ModelDescription? Describe(OnnxModelOptions options) =>
        options.Catalog?.Models.FirstOrDefault(description => description.Sha256.Equals(Sha256, StringComparison.OrdinalIgnoreCase))
        ?? ModelCatalog.FindKnown(Sha256);

    private static ModelCatalog Catalog(OnnxModelOptions options) => options.Catalog ?? new ModelCatalog();

    /// <summary>Whether a name is that of a model in this package, be it there or not, unless the catalogue has another of that name.</summary>
    private static bool IsEmbedded(string name, ModelCatalog catalog) =>
        catalog.Find(name)?.IsEmbedded ?? EmbeddedModel.IsName(name);

    private static byte[] Read(string path, string name)
    {
        try
        {
            if (FileKinds.Fault(path) is string fault)
            {
                throw new OnnxModelException(name, $"{path} {fault}. Name the model's file.");
            }

            if (!File.Exists(path))
            {
                throw new OnnxModelException(name, $"there is no file {path}.");
            }

            byte[] bytes = File.ReadAllBytes(path);
            return bytes.AsSpan().StartsWith("version https://git-lfs"u8)
                ? throw new OnnxModelException(name, $"{path} is a Git LFS pointer, not the model itself ({Encoding.UTF8.GetString(bytes).ReplaceLineEndings(" ").Trim()}).")
                : bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OnnxModelException(name, $"{path} cannot be read: {e.Message}", e);
        }
    }

    private static OnnxModelException NoModel(string name, byte[] bytes, string? path)
    {
        string what = path ?? "what was given";
        return new OnnxModelException(
            name,
            bytes.Length == 0 ? $"{what} is empty (0 bytes), not an ONNX model. Copy or download it again."
            : OnnxGraph.LengthBeforeCut(bytes) is long whole ? $"{what} is cut short: it has {bytes.Length} bytes, and the model in it had {whole} at least. Copy or download it again."
            : $"{what} is not an ONNX model ({bytes.Length} bytes).");
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
