namespace ArtSimilarity.Onnx.Extraction;

/// <summary>Makes the signatures of a call out of what the model gives.</summary>
/// <param name="outputs">The tensors that are read.</param>
/// <param name="first">Where the signatures of the first go: image by image.</param>
/// <param name="further">Of each one after it, where its signatures go.</param>
internal ref struct SignatureWriter(ModelOutput[] outputs, Span<float> first, ReadOnlySpan<Memory<float>> further) : IOutputReader
{
    private readonly Span<float> _first = first;
    private readonly ReadOnlySpan<Memory<float>> _further = further;

    /// <summary>The images of which some numbers are not finite, each once; <see langword="null"/> where there is none.</summary>
    public List<int>? Unusable { get; private set; }

    /// <summary>The tensor whose numbers these were, of the first such image.</summary>
    public string? UnusableTensor { get; private set; }

    public void Read(int image, int output, bool isMirrored, ReadOnlySpan<float> tensor)
    {
        ModelOutput read = outputs[output];
        Span<float> signature = (output == 0 ? _first : _further[output - 1].Span).Slice(image * read.Dimensions, read.Dimensions);
        read.Pool(tensor, signature);
        if (!OnnxFeatureExtractor.TryNormalize(signature))
        {
            signature.Fill(float.NaN); // no gallery takes it, should a caller pass the exception over
            UnusableTensor ??= read.Name;
            Unusable ??= [];
            if (Unusable.Count == 0 || Unusable[^1] != image)
            {
                Unusable.Add(image);
            }
        }
    }
}
