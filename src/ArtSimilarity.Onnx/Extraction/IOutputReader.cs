namespace ArtSimilarity.Onnx.Extraction;

/// <summary>Takes what a model gives for each image of a call.</summary>
internal interface IOutputReader
{
    /// <summary>Takes the numbers of one tensor for one image.</summary>
    /// <param name="image">The image's place in the call.</param>
    /// <param name="output">The tensor's place among those of the call.</param>
    /// <param name="isMirrored">Whether it was run with left and right exchanged.</param>
    /// <param name="tensor">The numbers; gone after the call.</param>
    void Read(int image, int output, bool isMirrored, ReadOnlySpan<float> tensor);
}
