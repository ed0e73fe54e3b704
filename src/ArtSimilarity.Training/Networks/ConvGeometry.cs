namespace ArtSimilarity.Training.Networks;

/// <summary>How a convolution's window moves.</summary>
/// <param name="Strides">Rows, columns.</param>
/// <param name="Pads">Top, left, bottom, right.</param>
/// <param name="Dilations">Rows, columns.</param>
/// <param name="Groups">The groups that the channels fall into.</param>
internal sealed record ConvGeometry(long[] Strides, long[] Pads, long[] Dilations, long Groups)
{
    public static ConvGeometry Square(long kernel, long stride) => new([stride, stride], [kernel / 2, kernel / 2, kernel / 2, kernel / 2], [1, 1], 1);
}
