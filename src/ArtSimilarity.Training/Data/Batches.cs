using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Data;

/// <summary>Draws batches of pictures into input tensors, on all cores.</summary>
internal sealed class Batches(TrainingSet set)
{
    private float[] _buffer = [];

    public static Tensor Blank(int count, int side) => zeros(count, side, side, 3).permute(0, 3, 1, 2);

    /// <summary>Draws pictures.</summary>
    /// <param name="images">Which.</param>
    /// <param name="side">The rows and columns of the tensor.</param>
    /// <param name="sampler">How the i-th is drawn.</param>
    /// <param name="random">What decides about the i-th.</param>
    /// <param name="mirrored">Whether the i-th is mirrored afterwards.</param>
    /// <returns>[N, 3, side, side] of 32-bit floats, channels last.</returns>
    public Tensor Draw(IReadOnlyList<int> images, int side, Func<int, IViewSampler> sampler, Func<int, Random> random, Func<int, bool>? mirrored = null)
    {
        int length = 3 * side * side;
        if (_buffer.Length != images.Count * length)
        {
            _buffer = new float[images.Count * length];
        }

        float[] buffer = _buffer;
        Parallel.For(0, images.Count, i =>
        {
            Span<float> target = buffer.AsSpan(i * length, length);
            sampler(i).Draw(set.Pixels(images[i]), set.Side, target, side, random(i));
            if (mirrored?.Invoke(i) == true)
            {
                for (int row = 0; row < side; row++)
                {
                    Mirror(target.Slice(row * side * 3, side * 3));
                }
            }
        });
        using Tensor interleaved = tensor(buffer, [images.Count, side, side, 3]);
        return interleaved.permute(0, 3, 1, 2);
    }

    private static void Mirror(Span<float> row)
    {
        for (int left = 0, right = row.Length - 3; left < right; left += 3, right -= 3)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                (row[left + channel], row[right + channel]) = (row[right + channel], row[left + channel]);
            }
        }
    }
}
