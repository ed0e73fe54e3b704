using System.Security.Cryptography;
using ArtSimilarity.Onnx.Extraction;

namespace ArtSimilarity.Onnx.Models;

/// <summary>The model that comes with this package, as a resource: <c>Models/genre-mobilenetv2.onnx</c> where a build has it.</summary>
internal static class EmbeddedModel
{
    public const string Name = "genre-mobilenetv2";
    private const int Dimensions = 512;
    private const string Extension = ".onnx";

    /// <summary>What the catalogue says of it, or <see langword="null"/> where this build carries no model.</summary>
    public static ModelDescription? Description { get; } = Describe();

    /// <summary>The model's bytes, read anew.</summary>
    /// <exception cref="OnnxModelException">This build carries no such model.</exception>
    public static byte[] Read(string name = Name) => TryRead(name) ?? throw new OnnxModelException(
        name, "this build of ArtSimilarity.Onnx carries no model of that name: set ModelPath, ModelBytes or the ModelName of another.");

    private static byte[]? TryRead(string name)
    {
        using Stream? resource = typeof(EmbeddedModel).Assembly.GetManifestResourceStream(name + Extension);
        if (resource is null)
        {
            return null;
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)resource.Length));
        resource.ReadExactly(bytes);
        return bytes;
    }

    private static ModelDescription? Describe()
    {
        if (TryRead(Name) is not byte[] bytes)
        {
            return null;
        }

        // A file that is replaced by another of the trainer brings its own preprocessing.
        TrainedModelInfo? info = OnnxGraph.TryRead(bytes) is OnnxGraph graph ? TrainedModelInfo.FromProperties(graph.Properties, Name) : null;
        return new ModelDescription
        {
            Name = Name,
            Description = "MobileNetV2 trained to tell the genre of paintings: comes with the package, needs no download.",
            IsEmbedded = true,
            Uris = [],
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Size = bytes.Length,
            License = "MIT",
            Preprocessing = info?.Preprocessing ?? ImagePreprocessing.ImageNet,
            OutputName = "embedding",
            Dimensions = Dimensions,
        };
    }
}
