namespace ArtSimilarity.Onnx;

/// <summary>Which model an <see cref="OnnxFeatureExtractor"/> runs, and how.</summary>
/// <remarks>
/// Without any option it is the model that comes with this package (<c>paintings-mobilenetv2</c>, 512-d; with <see cref="OutputName"/> <c>work</c> 256-d). A file that is a model of
/// <see cref="ModelCatalog.KnownModels"/> (told by its SHA-256, whatever its name and place) brings its own defaults for
/// <see cref="OutputName"/> and <see cref="OnnxModelOptions.Preprocessing"/>.
/// </remarks>
public sealed class OnnxFeatureExtractorOptions : OnnxModelOptions
{
    /// <summary>
    /// The tensor that becomes the signature: an output of the graph, or any tensor inside it. Of shape [N, D] or [N, D, 1, 1] it is
    /// taken as it is. Of shape [N, C, H, W] it is averaged over rows and columns ([N, H, W, C] where the preprocessing's layout is
    /// NHWC). The default is <see langword="null"/>: the tap of a known model, else the output called <c>embedding</c>, else the
    /// first output.
    /// </summary>
    public string? OutputName { get; set; }

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
