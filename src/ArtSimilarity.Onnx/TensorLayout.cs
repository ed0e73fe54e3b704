namespace ArtSimilarity.Onnx;

/// <summary>The order of the dimensions of image tensors.</summary>
public enum TensorLayout
{
    /// <summary>Batch, channel, row, column: one plane per colour, as PyTorch and most ONNX models have it.</summary>
    Nchw,

    /// <summary>Batch, row, column, channel: interleaved pixels, as TensorFlow has it.</summary>
    Nhwc,
}
