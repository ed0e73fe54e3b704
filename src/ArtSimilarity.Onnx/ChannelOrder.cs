namespace ArtSimilarity.Onnx;

/// <summary>The order of the colour channels in a tensor.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red, as models trained with OpenCV or Caffe take it.</summary>
    Bgr,
}
