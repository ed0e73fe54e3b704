using System.Security.Cryptography;
using ArtSimilarity.Onnx.Extraction;

namespace ArtSimilarity.Onnx.Models;

/// <summary>The models that come with this package, as resources: the files of <c>Models</c> that a build has.</summary>
internal static class EmbeddedModel
{
    /// <summary>The one that is taken where none is named.</summary>
    public const string Name = "paintings-mobilenetv2";

    /// <summary>The one that was taken before, for galleries that were made with it.</summary>
    public const string FormerName = "genre-mobilenetv2";

    private const string Extension = ".onnx";

    /// <summary>What the catalogue says of them, the default first; empty where this build carries none.</summary>
    public static IReadOnlyList<ModelDescription> Descriptions { get; } =
    [
        .. Describe(Name, "MobileNetV2 trained to tell the genre of paintings and to find the very painting: comes with the package, needs no download."),
        .. Describe(FormerName, "MobileNetV2 trained to tell the genre of paintings, the default before: comes with the package, for galleries made with it."),
    ];

    /// <summary>The default one; <see langword="null"/> where this build carries none.</summary>
    public static ModelDescription? Default => Descriptions.Count > 0 ? Descriptions[0] : null;

    /// <summary>Whether it is the name of one of them, be it in this build or not.</summary>
    public static bool IsName(string name) => name.Equals(Name, StringComparison.OrdinalIgnoreCase) || name.Equals(FormerName, StringComparison.OrdinalIgnoreCase);

    /// <summary>A model's bytes, read anew.</summary>
    /// <exception cref="OnnxModelException">This build carries no such model.</exception>
    public static byte[] Read(string name) => TryRead(name) ?? throw new OnnxModelException(
        name, "this build of ArtSimilarity.Onnx carries no model of that name: set ModelPath, ModelBytes or the ModelName of another.");

    private static byte[]? TryRead(string name)
    {
        using Stream? resource = typeof(EmbeddedModel).Assembly.GetManifestResourceStream(name.ToLowerInvariant() + Extension);
        if (resource is null)
        {
            return null;
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)resource.Length));
        resource.ReadExactly(bytes);
        return bytes;
    }

    private static IEnumerable<ModelDescription> Describe(string name, string description)
    {
        if (TryRead(name) is not byte[] bytes)
        {
            yield break;
        }

        // A file that is replaced by another of the trainer brings its own preprocessing.
        TrainedModelInfo? info = OnnxGraph.TryRead(bytes) is OnnxGraph graph ? TrainedModelInfo.FromProperties(graph.Properties, name) : null;
        yield return new ModelDescription
        {
            Name = name,
            Description = description,
            IsEmbedded = true,
            Uris = [],
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Size = bytes.Length,
            License = "MIT",
            Preprocessing = info?.Preprocessing ?? ImagePreprocessing.ImageNet,
            OutputName = "embedding",
            Dimensions = info?.Signatures is [TrainedModelSignature first, ..] ? first.Dimensions : 512,
        };
    }
}
