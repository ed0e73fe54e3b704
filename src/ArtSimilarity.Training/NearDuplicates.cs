using ArtSimilarity.Onnx;
using ArtSimilarity.Training.Data;
using ArtSimilarity.Training.Running;
using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training;

/// <summary>Finds pictures that show one work, or nearly so, by a network's own features.</summary>
public static class NearDuplicates
{
    private const int BatchSize = 32;
    private const int BlockSize = 1024;

    /// <summary>All pairs whose features' cosine reaches a threshold: averages over the places of a map, exactly compared, each with each.</summary>
    /// <param name="network">The network; its input takes any size.</param>
    /// <param name="map">The name of the map.</param>
    /// <param name="set">The pictures.</param>
    /// <param name="threshold">The smallest cosine, above 0 and at most 1.</param>
    /// <param name="preprocessing">How pixels become the network's input; <see langword="null"/> for <see cref="ImagePreprocessing.ImageNet"/>.</param>
    /// <param name="progress">Told how many pictures are done.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Pairs of indices, the first below the second, with their cosine.</returns>
    /// <exception cref="ArgumentException">The network has no such map, or the threshold is out of its range.</exception>
    public static IReadOnlyList<(int First, int Second, float Cosine)> Find(
        Network network, string map, TrainingSet set, double threshold, ImagePreprocessing? preprocessing = null, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(set);
        if (!(threshold is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "The cosine from which two pictures are duplicates must be above 0 and at most 1.");
        }

        using var scope = NewDisposeScope();
        using (no_grad())
        {
            Tensor features = Extract(network, map, set, preprocessing ?? ImagePreprocessing.ImageNet, progress, cancellationToken);
            using Scalar least = 1e-12, limit = threshold; // held, see AdamW
            features = features / features.norm(1, keepdim: true).clamp_min(least);
            List<(int, int, float)> pairs = [];
            for (int start = 0; start < set.Count; start += BlockSize)
            {
                using var block = NewDisposeScope();
                int end = Math.Min(start + BlockSize, set.Count);
                Tensor cosines = features[start..end].matmul(features.t());
                Tensor found = cosines.ge(limit).nonzero();
                long[] places = found.data<long>().ToArray();
                for (int i = 0; i < places.Length; i += 2)
                {
                    int first = start + (int)places[i], second = (int)places[i + 1];
                    if (first < second)
                    {
                        pairs.Add((first, second, cosines[places[i], places[i + 1]].item<float>()));
                    }
                }
            }

            return pairs;
        }
    }

    /// <summary>All pairs whose features' cosine reaches a threshold, by the network of a file as far as a map.</summary>
    /// <param name="modelPath">The ONNX model.</param>
    /// <param name="map">The name of the map.</param>
    /// <param name="set">The pictures.</param>
    /// <param name="threshold">The smallest cosine, above 0 and at most 1.</param>
    /// <param name="preprocessing">How pixels become the network's input; <see langword="null"/> for <see cref="ImagePreprocessing.ImageNet"/>.</param>
    /// <param name="progress">Told how many pictures are done.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Pairs of indices, the first below the second, with their cosine.</returns>
    /// <exception cref="ArgumentException">The network has no such map, or the threshold is out of its range.</exception>
    /// <exception cref="UnsupportedNetworkException">The file is no network that can be run.</exception>
    public static IReadOnlyList<(int First, int Second, float Cosine)> FindByModel(
        string modelPath, string map, TrainingSet set, double threshold, ImagePreprocessing? preprocessing = null, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        using Network network = Network.Load(modelPath);
        network.Cut(map);
        network.FoldBatchNormalization();
        return Find(network, map, set, threshold, preprocessing, progress, cancellationToken);
    }

    private static Tensor Extract(Network network, string map, TrainingSet set, ImagePreprocessing preprocessing, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var plain = new PictureSampler(Augmentation.None, preprocessing);
        var batches = new Batches(set);
        List<Tensor> parts = [];
        foreach (int[] batch in Enumerable.Range(0, set.Count).Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            Tensor x = batches.Draw(batch, preprocessing.InputSize.Width, _ => plain, _ => new Random(0)).to(ScalarType.BFloat16);
            Tensor value = network.Run(network.InputName, x, [map])[0];
            parts.Add((value.dim() == 4 ? value.mean([2, 3], false, ScalarType.Float32) : value.to(ScalarType.Float32)).MoveToOuterDisposeScope());
            progress?.Report(batch[^1] + 1);
        }

        return cat(parts, 0);
    }
}
