namespace ArtSimilarity.Onnx;

/// <summary>How an image of any shape becomes the rectangle a model takes.</summary>
public enum ResizePolicy
{
    /// <summary>The whole image is resized to the input size; its aspect ratio is lost, nothing of it is.</summary>
    Squash,

    /// <summary>
    /// The largest centred rectangle of the input's aspect ratio, reduced by <see cref="ImagePreprocessing.CropFraction"/>, is
    /// resized to the input size; the borders of the image are lost.
    /// </summary>
    CenterCrop,

    /// <summary>
    /// The whole image is resized, keeping its aspect ratio, until it just fits, and centred; the rest of the tensor is 0 (the
    /// mean colour).
    /// </summary>
    Letterbox,
}
