using ArtSimilarity.Features;
using ArtSimilarity.Onnx.Extraction;

namespace ArtSimilarity.Onnx.Maps;

/// <summary>The way from the pooled maps to the signature: the maps, and the operators behind the pooling.</summary>
/// <param name="Maps">The maps, in the order of their averages in the vector that the operators take.</param>
/// <param name="Nodes">The operators that change numbers, in the order they are applied.</param>
internal sealed record HeadPath(IReadOnlyList<PooledMap> Maps, IReadOnlyList<GraphNode> Nodes)
{
    /// <summary>Walks from the signature back to the pooling.</summary>
    /// <exception cref="FeatureMapNotSupportedException">Something on the way is neither linear at each input nor an average of a whole map.</exception>
    public static HeadPath Find(NodeGraph graph, ModelOutput output, string modelName)
    {
        if (output.Positions > 1)
        {
            return new HeadPath([new PooledMap(output.Name, output.ChannelsLast)], []);
        }

        List<GraphNode> nodes = [];
        string tensor = output.Name;
        while (true)
        {
            tensor = SkipShapes(graph, tensor);
            GraphNode node = graph.Producer(tensor) ?? throw NoPooling(modelName, "the model's input");
            if (TryPool(graph, node) is PooledMap map)
            {
                return new HeadPath([map], Reversed(nodes));
            }

            if (node.Operator == "Concat")
            {
                return new HeadPath([.. node.Inputs.Select(input => Branch(graph, input, modelName))], Reversed(nodes));
            }

            if (!HeadStages.Knows(node.Operator))
            {
                throw NoPooling(modelName, $"the operator {node.Operator}, which computes '{tensor}'");
            }

            string[] variable = [.. node.Inputs.Where(input => input.Length > 0 && !graph.IsConstant(input))];
            if (variable.Length != 1)
            {
                throw NoPooling(modelName, $"the operator {node.Operator}, which computes '{tensor}' out of {variable.Length} tensors that vary");
            }

            nodes.Add(node);
            tensor = variable[0];
        }
    }

    private static List<GraphNode> Reversed(List<GraphNode> nodes)
    {
        nodes.Reverse();
        return nodes;
    }

    private static PooledMap Branch(NodeGraph graph, string input, string modelName)
    {
        string tensor = SkipShapes(graph, input);
        GraphNode? node = graph.Producer(tensor);
        return (node is null ? null : TryPool(graph, node))
            ?? throw NoPooling(modelName, $"a Concat whose input '{input}' is no average of a map");
    }

    /// <summary>Goes back over operators that leave the numbers of a vector as they are.</summary>
    private static string SkipShapes(NodeGraph graph, string tensor)
    {
        while (graph.Producer(tensor) is { Operator: "Identity" or "Flatten" or "Reshape" or "Squeeze" or "Unsqueeze" or "Dropout" or "Transpose" } node)
        {
            tensor = node.Inputs[0];
        }

        return tensor;
    }

    /// <summary>The map that an operator averages. Whether AveragePool covers it all shows when the parts are compared with the model.</summary>
    private static PooledMap? TryPool(NodeGraph graph, GraphNode node) => node.Operator switch
    {
        "GlobalAveragePool" or "AveragePool" => new PooledMap(node.Inputs[0], ChannelsLast: false),
        "ReduceMean" => node.Numbers.GetValueOrDefault("axes") switch
        {
            [1, 2] or [-3, -2] => new PooledMap(node.Inputs[0], ChannelsLast: true),
            [2, 3] or [-2, -1] => new PooledMap(node.Inputs[0], ChannelsLast: false),
            null when node.Inputs.Count > 1 && graph.IsConstant(node.Inputs[1]) => new PooledMap(node.Inputs[0], ChannelsLast: false),
            _ => null,
        },
        _ => null,
    };

    private static FeatureMapNotSupportedException NoPooling(string modelName, string what) => new(
        modelName,
        $"between an average over a whole feature map and the signature only layers that are linear at each input may lie, and the way back from the signature leads to {what}.");
}
