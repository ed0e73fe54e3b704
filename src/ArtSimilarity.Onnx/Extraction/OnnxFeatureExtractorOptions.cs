using Microsoft.ML.OnnxRuntime;

namespace ArtSimilarity.Onnx;

/// <summary>
/// Which model an <see cref="OnnxFeatureExtractor"/> runs, and how. Set one of <see cref="ModelPath"/>,
/// <see cref="ModelBytes"/> (with <see cref="ModelName"/> as its name, if you like) and <see cref="ModelName"/> alone.
/// </summary>
/// <remarks>
/// The defaults fit models trained on ImageNet. A file that is a model of <see cref="ModelCatalog.KnownModels"/> (told by its
/// SHA-256, whatever its name and place) brings its own defaults for <see cref="OutputName"/> and <see cref="Preprocessing"/>.
/// </remarks>
public sealed class OnnxFeatureExtractorOptions
{
    /// <summary>The model's file. The default is <see langword="null"/>.</summary>
    public string? ModelPath { get; set; }

    /// <summary>The model's bytes, not changed or kept. The default is <see langword="null"/>.</summary>
    public byte[]? ModelBytes { get; set; }

    /// <summary>
    /// Without a path or bytes: the name of a model of the catalogue (<see cref="ModelCatalog.KnownModels"/>), looked for in
    /// the cache. With one of them: what the model is called in its feature space and in messages. The default is
    /// <see langword="null"/>: the file's name without its extension.
    /// </summary>
    public string? ModelName { get; set; }

    /// <summary>
    /// Whether a model of the catalogue that is not in the cache is downloaded when the extractor is created. The default is
    /// <see langword="false"/>: creating the extractor fails, and says how to download the model.
    /// </summary>
    public bool AllowDownload { get; set; }

    /// <summary>The catalogue that <see cref="ModelName"/> is looked up in. The default is <see langword="null"/>: the known models and the user's cache.</summary>
    public ModelCatalog? Catalog { get; set; }

    /// <summary>
    /// The tensor that becomes the signature: an output of the graph, or any tensor inside it. Of shape [N, D] or
    /// [N, D, 1, 1] it is taken as it is; of shape [N, C, H, W] ([N, H, W, C] where the preprocessing's layout is NHWC) it is
    /// averaged over rows and columns. The default is <see langword="null"/>: the tap of a known model, else the output called
    /// <c>embedding</c>, else the first output.
    /// </summary>
    public string? OutputName { get; set; }

    /// <summary>How pixels become the input tensor. The default is <see langword="null"/>: that of a known model, else <see cref="ImagePreprocessing.ImageNet"/>.</summary>
    public ImagePreprocessing? Preprocessing { get; set; }

    /// <summary>
    /// The most images that run through the model at once, 1 to 1024; larger batches are cut up. Ignored where the model's
    /// batch size is fixed. The default is 1: on a CPU more gains nothing, as the intermediate results leave the caches, and
    /// costs memory for each thread that extracts. An accelerator wants more.
    /// </summary>
    public int MaxBatchSize { get; set; } = 1;

    /// <summary>
    /// The threads that one run of the model uses, 0 for one per core. The default is 1, the best throughput when as many
    /// threads as there are cores call <see cref="OnnxFeatureExtractor.Extract"/>, as indexing does; where images come one by
    /// one, more threads answer sooner.
    /// </summary>
    public int IntraOpThreads { get; set; } = 1;

    /// <summary>
    /// Whether threads of ONNX Runtime spin while they wait for work, which answers a little sooner and takes the core away
    /// from everything else. The default is <see langword="false"/>. Without effect where <see cref="IntraOpThreads"/> is 1.
    /// </summary>
    public bool AllowSpinning { get; set; }

    /// <summary>
    /// Called with the session's options last, after everything else is set: the place to append an execution provider. The
    /// default is <see langword="null"/>: the model runs on the CPU.
    /// </summary>
    public Action<SessionOptions>? ConfigureSession { get; set; }

    /// <summary>Options for ResNet-50 v2 as the ONNX Model Zoo has it (<c>resnet50-v2-7.onnx</c> and its conversions): its global average pool, 2048-d.</summary>
    /// <param name="modelPath">The model's file.</param>
    /// <returns>New options, to be changed at will.</returns>
    public static OnnxFeatureExtractorOptions ImageNetResNet50V2(string modelPath) => Tapped(modelPath, ModelCatalog.ResNet50V2Tap);

    /// <summary>Options for MobileNetV2 as the ONNX Model Zoo has it (<c>mobilenetv2-7.onnx</c>): its global average pool, 1280-d.</summary>
    /// <param name="modelPath">The model's file.</param>
    /// <returns>New options, to be changed at will.</returns>
    public static OnnxFeatureExtractorOptions ImageNetMobileNetV2(string modelPath) => Tapped(modelPath, ModelCatalog.MobileNetV2Tap);

    /// <summary>Options for a model trained on ImageNet that was exported without its classifier: its output <c>embedding</c>.</summary>
    /// <param name="modelPath">The model's file.</param>
    /// <returns>New options, to be changed at will.</returns>
    public static OnnxFeatureExtractorOptions ImageNetFeatures(string modelPath) => Tapped(modelPath, "embedding");

    private static OnnxFeatureExtractorOptions Tapped(string modelPath, string outputName) =>
        new() { ModelPath = modelPath, OutputName = outputName, Preprocessing = ImagePreprocessing.ImageNet };
}
