using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Running;

/// <summary>
/// NT-Xent (Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", 2020): the cross-entropy of finding a picture's other
/// view among all views of a step, by the cosine of their signatures.
/// </summary>
internal static class InstanceLoss
{
    /// <summary>Computes the mean over all views.</summary>
    /// <param name="signatures">[2 N, dimensions]: the first views of all pictures, then the second ones.</param>
    /// <param name="images">The picture of each of these; what was drawn twice is not told from itself.</param>
    /// <param name="temperature">What the cosines are divided by.</param>
    /// <param name="memory">Views of earlier steps that each view is told from as well; <see langword="null"/> for none. These are put into it.</param>
    public static Tensor Compute(Tensor signatures, IReadOnlyList<int> images, double temperature, SignatureMemory? memory = null)
    {
        int count = images.Count, pictures = count / 2;
        float[] hidden = new float[count * count];
        long[] partners = new long[count];
        for (int i = 0; i < count; i++)
        {
            partners[i] = (i + pictures) % count;
            for (int j = 0; j < count; j++)
            {
                hidden[(i * count) + j] = j != partners[i] && images[i] == images[j] ? float.NegativeInfinity : 0;
            }
        }

        using Scalar scale = 1 / temperature; // held, see AdamW
        Tensor unit = nn.functional.normalize(signatures, dim: 1);
        Tensor scores = unit.matmul(unit.t()).mul(scale).Plus(tensor(hidden, [count, count]));
        if (memory is not null)
        {
            if (memory.Count > 0)
            {
                IReadOnlyList<int> earlier = memory.Images;
                float[] own = new float[count * earlier.Count];
                for (int i = 0; i < own.Length; i++)
                {
                    own[i] = images[i / earlier.Count] == earlier[i % earlier.Count] ? float.NegativeInfinity : 0;
                }

                scores = cat([scores, unit.matmul(memory.Signatures().t()).mul(scale).Plus(tensor(own, [count, earlier.Count]))], 1);
            }

            memory.Add(unit, images);
        }

        return nn.functional.cross_entropy(scores, tensor(partners));
    }
}
