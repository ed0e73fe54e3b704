using System.Numerics.Tensors;

namespace ArtSimilarity.Onnx.Extraction;

/// <summary>The tensor that becomes the signature, and how.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Dimensions">The length of a signature.</param>
/// <param name="Positions">The places of the feature map that are averaged; 1 where there is no map.</param>
/// <param name="ChannelsLast">Whether a map's channels lie together, place after place.</param>
/// <param name="Shape">The tensor's shape for one run of the batch size it was probed with.</param>
internal sealed record ModelOutput(string Name, int Dimensions, int Positions, bool ChannelsLast, long[] Shape)
{
    /// <summary>The numbers in the tensor for one image.</summary>
    public int Length => Dimensions * Positions;

    /// <summary>Chooses the tensor: the one asked for, else <c>embedding</c>, else the first output.</summary>
    /// <returns>Its name, and whether it is inside the graph and must be made an output first.</returns>
    public static (string Name, bool IsInner) Choose(OnnxGraph graph, string? wanted, string modelName)
    {
        if (wanted is null)
        {
            return (DefaultName(graph), false);
        }

        if (graph.Outputs.Contains(wanted))
        {
            return (wanted, false);
        }

        if (graph.Tensors.Contains(wanted))
        {
            return (wanted, true);
        }

        IEnumerable<string> near = graph.Tensors.Distinct().OrderBy(name => Distance(name, wanted)).ThenBy(name => name, StringComparer.Ordinal).Take(5);
        throw new OnnxModelException(
            modelName,
            $"has no tensor called '{wanted}'. Its outputs: {string.Join(", ", graph.Outputs)}. The nearest names of its {graph.Tensors.Count} tensors: {string.Join(", ", near)}.");
    }

    /// <summary>The output taken where none is asked for.</summary>
    public static string DefaultName(OnnxGraph graph) => graph.Outputs.FirstOrDefault(name => name == "embedding") ?? graph.Outputs[0];

    /// <summary>Derives from the shape of a first run how a signature is made.</summary>
    public static ModelOutput FromShape(string name, long[] shape, int batchSize, TensorLayout layout, string modelName)
    {
        bool fits = shape.Length is 2 or 4 && shape[0] == batchSize && shape.All(side => side > 0);
        if (!fits)
        {
            throw new OnnxModelException(
                modelName,
                $"its tensor '{name}' is of shape {ModelInput.Text(shape)} for a batch of {batchSize}; a signature needs [N, D], [N, D, 1, 1] or a feature map of 4 dimensions, N being the batch.");
        }

        bool channelsLast = shape.Length == 4 && layout == TensorLayout.Nhwc;
        long dimensions = channelsLast ? shape[3] : shape[1];
        long positions = shape.Aggregate(1L, (product, side) => product * side) / shape[0] / dimensions;
        return dimensions * positions <= Array.MaxLength
            ? new ModelOutput(name, (int)dimensions, (int)positions, channelsLast, shape)
            : throw new OnnxModelException(modelName, $"its tensor '{name}' has {dimensions * positions} numbers for each image, more than memory can hold in one piece.");
    }

    /// <summary>The shape for a run of another batch size.</summary>
    public long[] ShapeFor(int batchSize) => [batchSize, .. Shape.Skip(1)];

    /// <summary>Averages a feature map over its places; copies where there is no map.</summary>
    public void Pool(ReadOnlySpan<float> tensor, Span<float> signature)
    {
        if (Positions == 1)
        {
            tensor.CopyTo(signature);
        }
        else if (ChannelsLast)
        {
            signature.Clear();
            for (int position = 0; position < Positions; position++)
            {
                TensorPrimitives.Add(signature, tensor.Slice(position * Dimensions, Dimensions), signature);
            }

            TensorPrimitives.Divide(signature, Positions, signature);
        }
        else
        {
            for (int channel = 0; channel < Dimensions; channel++)
            {
                signature[channel] = TensorPrimitives.Sum(tensor.Slice(channel * Positions, Positions)) / Positions;
            }
        }
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 0; i < a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < b.Length; j++)
            {
                int replaced = diagonal + (a[i] == b[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[^1];
    }
}
