using System.Globalization;
using System.Security.Cryptography;
using ArtSimilarity.Onnx.Catalog;
using ArtSimilarity.Onnx.Models;

namespace ArtSimilarity.Onnx;

/// <summary>
/// Models by name: downloads them once, checks them, and keeps them in a folder of the user's. Nothing is downloaded unless
/// <see cref="DownloadAsync"/> is called (or <see cref="OnnxModelOptions.AllowDownload"/> is set). A model that comes with this
/// package (<see cref="ModelDescription.IsEmbedded"/>) is there without.
/// </summary>
/// <remarks>Safe to use from several threads, and from several processes with the same folder: one downloads, the others wait for it.</remarks>
public sealed class ModelCatalog
{
    internal const string ResNet50V2Tap = "resnetv24_pool1_fwd";
    internal const string MobileNetV2Tap = "mobilenetv20_features_pool0_fwd";

    private readonly ModelCatalogOptions _options;

    /// <summary>Creates a catalogue; reads and creates nothing yet.</summary>
    /// <param name="options">The models, the folder and the limits; <see langword="null"/> takes the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a model's description is incomplete.</exception>
    public ModelCatalog(ModelCatalogOptions? options = null)
    {
        _options = options ?? new ModelCatalogOptions();
        ArgumentNullException.ThrowIfNull(_options.Models, "options.Models");
        ArgumentException.ThrowIfNullOrWhiteSpace(_options.CacheDirectory, "options.CacheDirectory");
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxAttempts, 1, "options.MaxAttempts");
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.StallTimeout, TimeSpan.Zero, "options.StallTimeout");
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.RetryDelay, TimeSpan.Zero, "options.RetryDelay");
        foreach (ModelDescription model in _options.Models)
        {
            Validate(model);
        }
    }

    /// <summary>
    /// The models that are known by name. <c>paintings-mobilenetv2</c> (512-d, and <c>work</c> of 256-d) and <c>genre-mobilenetv2</c> (512-d) come with
    /// this package, where the build has them. <c>resnet50-v2-7</c> (2048-d) and <c>mobilenetv2-7</c> (1280-d) are of the ONNX Model Zoo, trained on ImageNet.
    /// Size and SHA-256 are those of the zoo's ONNX_HUB_MANIFEST.json.
    /// </summary>
    /// <remarks>
    /// The zoo announced that its GitHub addresses would stop serving model files on 1 July 2025. It moved the files to its Hugging
    /// Face organisation, which is therefore the second address. Whichever answers, the SHA-256 decides.
    /// </remarks>
    public static IReadOnlyList<ModelDescription> KnownModels { get; } =
    [
        .. EmbeddedModel.Descriptions,
        new ModelDescription
        {
            Name = "resnet50-v2-7",
            Description = "ResNet-50 v2 trained on ImageNet; the signature is the global average pool before the classifier.",
            Uris = ZooUris("resnet/model", "resnet50-v2-7"),
            Sha256 = "79102261eb6e5fd7af5d27f41316293e388c5cb691e5d25bfb035c4f64fefe31",
            Size = 102_442_452,
            License = "Apache-2.0",
            OutputName = ResNet50V2Tap,
            Dimensions = 2048,
        },
        new ModelDescription
        {
            Name = "mobilenetv2-7",
            Description = "MobileNetV2 1.0 trained on ImageNet; the signature is the global average pool before the classifier.",
            Uris = ZooUris("mobilenet/model", "mobilenetv2-7"),
            Sha256 = "c1c513582d56afceff8516c73804e484c81c6a830712ab6d682253f4a3cd042f",
            Size = 14_246_826,
            License = "Apache-2.0",
            OutputName = MobileNetV2Tap,
            Dimensions = 1280,
        },
    ];

    /// <summary>The models of this catalogue.</summary>
    public IReadOnlyList<ModelDescription> Models => _options.Models;

    /// <summary>The folder that holds the models.</summary>
    public string CacheDirectory => _options.CacheDirectory;

    /// <summary>Finds a model by name, whatever the case.</summary>
    /// <param name="name">The model's name.</param>
    /// <returns>The model, or <see langword="null"/> where the catalogue has none of that name.</returns>
    public ModelDescription? Find(string name) => Models.FirstOrDefault(model => string.Equals(model.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Where a model is, or will be once it is downloaded.</summary>
    /// <param name="name">The model's name.</param>
    /// <returns>The path of a file in <see cref="CacheDirectory"/>, which may not exist yet.</returns>
    /// <exception cref="ArgumentException">The catalogue has no model of that name; the message lists those it has.</exception>
    public string GetPath(string name) => Path.Combine(CacheDirectory, Require(name).Name + ".onnx");

    /// <summary>Whether a model comes with the package or is in the folder, in its full length; its content is checked when it is loaded.</summary>
    /// <param name="name">The model's name.</param>
    /// <returns><see langword="true"/> when it need not be downloaded.</returns>
    /// <exception cref="ArgumentException">The catalogue has no model of that name; the message lists those it has.</exception>
    public bool IsDownloaded(string name)
    {
        ModelDescription model = Require(name);
        var file = new FileInfo(GetPath(name));
        return model.IsEmbedded || (file.Exists && file.Length == model.Size);
    }

    /// <summary>
    /// Downloads a model unless the folder has it, whole and unchanged, already. An interrupted download is continued, here or
    /// by the next call; the file appears under its name only once its SHA-256 is right. A model that comes with the package is
    /// written into the folder from there, without any network.
    /// </summary>
    /// <param name="name">The model's name.</param>
    /// <param name="progress">Told how many bytes there are, some times a second; <see langword="null"/> for nobody.</param>
    /// <param name="cancellationToken">Cancels the download; what has arrived stays for the next call.</param>
    /// <returns>The path of the file.</returns>
    /// <exception cref="ArgumentException">The catalogue has no model of that name; the message lists those it has.</exception>
    /// <exception cref="ModelDownloadException">No address delivered the model, or the folder cannot be written to.</exception>
    public async Task<string> DownloadAsync(string name, IProgress<ModelDownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ModelDescription model = Require(name);
        string path = GetPath(name);
        try
        {
            if (await IsIntactAsync(model, path, cancellationToken).ConfigureAwait(false))
            {
                progress?.Report(new ModelDownloadProgress(model.Name, model.Size, model.Size));
                return path;
            }

            Directory.CreateDirectory(CacheDirectory);
            using FileStream theLock = await LockAsync(path + ".lock", cancellationToken).ConfigureAwait(false);

            // Another process may have finished while this one waited for the lock.
            if (await IsIntactAsync(model, path, cancellationToken).ConfigureAwait(false))
            {
                return path;
            }

            if (model.IsEmbedded)
            {
                await WriteEmbeddedAsync(model, path, cancellationToken).ConfigureAwait(false);
                progress?.Report(new ModelDownloadProgress(model.Name, model.Size, model.Size));
            }
            else
            {
                await new ModelDownload(model, path, _options, progress).RunAsync(cancellationToken).ConfigureAwait(false);
            }

            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelDownloadException(model.Name, $"cannot be stored as {path}: {e.Message}", e);
        }
    }

    /// <summary>The model of these contents, if it is a known one.</summary>
    internal static ModelDescription? FindKnown(string sha256) =>
        KnownModels.FirstOrDefault(model => string.Equals(model.Sha256, sha256, StringComparison.OrdinalIgnoreCase));

    internal ModelDescription Require(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Find(name) ?? throw new ArgumentException(
            $"The catalogue has no model called '{name}', but {string.Join(", ", Models.Select(model => model.Name))}.", nameof(name));
    }

    private static IReadOnlyList<Uri> ZooUris(string folder, string name) =>
    [
        new Uri($"https://github.com/onnx/models/raw/main/validated/vision/classification/{folder}/{name}.onnx"),
        new Uri($"https://huggingface.co/onnxmodelzoo/{name}/resolve/main/{name}.onnx"),
    ];

    private static void Validate(ModelDescription model)
    {
        // The name becomes a file's name.
        if (model.Name.Length is 0 or > 100 || model.Name[0] == '.' || model.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')))
        {
            throw new ArgumentException($"'{model.Name}' is no name for a model: up to 100 letters, digits, '.', '-' and '_', not beginning with '.'.");
        }

        if (model.Sha256.Length != 64 || !model.Sha256.All(char.IsAsciiHexDigit))
        {
            throw new ArgumentException($"The SHA-256 of {model.Name} is not 64 hexadecimal digits.");
        }

        if (model.Size < 1 || (model.Uris.Count == 0 && !model.IsEmbedded) || model.Uris.Any(uri => !uri.IsAbsoluteUri || uri.Scheme is not ("https" or "http")))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"{model.Name} needs a size (not {model.Size}) and at least one absolute http or https address."));
        }
    }

    private static async Task WriteEmbeddedAsync(ModelDescription model, string path, CancellationToken cancellationToken)
    {
        string partial = path + ".partial";
        await File.WriteAllBytesAsync(partial, EmbeddedModel.Read(model.Name), cancellationToken).ConfigureAwait(false);
        File.Move(partial, path, overwrite: true);
    }

    private static async Task<bool> IsIntactAsync(ModelDescription model, string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length != model.Size)
        {
            return false;
        }

        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1, useAsync: false);
        byte[] hash = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
        return Convert.ToHexString(hash).Equals(model.Sha256, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Waits until no other process, and no other thread, downloads the same model.</summary>
    /// <remarks>The lock file stays: removing it would let two processes hold locks on two files of one name.</remarks>
    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
