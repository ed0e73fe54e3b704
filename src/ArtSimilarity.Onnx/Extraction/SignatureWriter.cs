namespace ArtSimilarity.Onnx.Extraction;

/// <summary>Makes the signatures of a call out of what the model gives.</summary>
internal ref struct SignatureWriter(ImageModel model, Span<float> signatures) : IOutputReader
{
    private readonly Span<float> _signatures = signatures;

    /// <summary>The images whose numbers are not finite; <see langword="null"/> where there is none.</summary>
    public List<int>? Unusable { get; private set; }

    public void Read(int image, bool isMirrored, ReadOnlySpan<float> tensor)
    {
        int dimensions = model.Output.Dimensions;
        Span<float> signature = _signatures.Slice(image * dimensions, dimensions);
        model.Output.Pool(tensor, signature);
        if (!OnnxFeatureExtractor.TryNormalize(signature))
        {
            signature.Fill(float.NaN); // no gallery takes it, should a caller pass the exception over
            (Unusable ??= []).Add(image);
        }
    }
}
