namespace ArtSimilarity.Onnx;

/// <summary>Makes the signatures of a call out of what the model gives.</summary>
internal readonly ref struct SignatureWriter(ImageModel model, Span<float> signatures) : IOutputReader
{
    private readonly Span<float> _signatures = signatures;

    public void Read(int image, bool isMirrored, ReadOnlySpan<float> tensor)
    {
        int dimensions = model.Output.Dimensions;
        Span<float> signature = _signatures.Slice(image * dimensions, dimensions);
        model.Output.Pool(tensor, signature);
        if (!OnnxFeatureExtractor.TryNormalize(signature))
        {
            throw new OnnxModelException(
                model.Name, $"its tensor '{model.Output.Name}' is not finite for image {image} of {_signatures.Length / dimensions} in the batch.");
        }
    }
}
