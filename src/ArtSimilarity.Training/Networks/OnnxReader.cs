using System.Runtime.InteropServices;
using ArtSimilarity.Files;
using ArtSimilarity.Training.Schema;
using Google.Protobuf;
using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>Reads the graph of an ONNX file into layers. Refuses, with the node's name, whatever it would not compute as ONNX Runtime does.</summary>
internal sealed class OnnxReader
{
    private readonly string _model;
    private readonly GraphProto _graph;
    private readonly long _opset;
    private readonly Dictionary<string, TensorProto> _tensors;

    private OnnxReader(string model, ModelProto proto)
    {
        _model = model;
        _graph = proto.Graph ?? throw new UnsupportedNetworkException(model, "holds no graph.");
        _opset = proto.OpsetImport.Where(import => import.Domain is "" or "ai.onnx").Select(import => import.Version).FirstOrDefault(1);
        _tensors = new Dictionary<string, TensorProto>(StringComparer.Ordinal);
        foreach (TensorProto tensor in _graph.Initializer)
        {
            _tensors[tensor.Name] = tensor;
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="UnsupportedNetworkException">The file is missing, is no ONNX model, or has something that cannot be trained.</exception>
    public static (string Input, List<Layer> Layers, List<string> Outputs, Dictionary<string, string> Properties) Read(string path)
    {
        string name = Path.GetFileName(path);
        if (FileKinds.Fault(path) is string fault)
        {
            throw new UnsupportedNetworkException(name, $"{path} {fault}.");
        }

        ModelProto proto;
        try
        {
            proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnsupportedNetworkException(name, $"cannot be read: {e.Message}", e);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new UnsupportedNetworkException(name, $"is not an ONNX model: {e.Message}", e);
        }

        var reader = new OnnxReader(name, proto);
        string[] inputs = [.. reader._graph.Input.Select(input => input.Name).Where(input => !reader._tensors.ContainsKey(input))];
        if (inputs.Length != 1)
        {
            throw new UnsupportedNetworkException(name, $"has {inputs.Length} inputs ({string.Join(", ", inputs)}); an image model has exactly one.");
        }

        List<Layer> layers = [];
        try
        {
            foreach (NodeProto node in reader._graph.Node)
            {
                if (reader.ReadNode(node) is { } layer)
                {
                    layers.Add(layer);
                }
            }

            reader.CheckReferences(inputs[0], layers);
        }
        catch
        {
            layers.ForEach(layer => layer.Dispose());
            throw;
        }

        return (
            inputs[0],
            layers,
            [.. reader._graph.Output.Select(output => output.Name)],
            proto.MetadataProps.ToDictionary(property => property.Key, property => property.Value, StringComparer.Ordinal));
    }

    /// <returns>The layer, or <see langword="null"/> for a node that only brings a constant.</returns>
    private Layer? ReadNode(NodeProto node)
    {
        if (node.Domain.Length > 0 && node.Domain != "ai.onnx")
        {
            throw Unsupported(node, $"is of the operator set {node.Domain}");
        }

        if (node.OpType != "Dropout" && node.Output.Count(output => output.Length > 0) != 1)
        {
            throw Unsupported(node, $"has {node.Output.Count} outputs; only nodes with one can be trained");
        }

        string output = node.Output[0];
        switch (node.OpType)
        {
            case "Constant":
                TensorProto value = node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T ?? throw Unsupported(node, "is a constant without the attribute 'value'");
                _tensors[output] = value;
                return null;
            case "Cast" when _tensors.TryGetValue(node.Input[0], out TensorProto? half):
                _tensors[output] = half; // weights stored in half precision are widened when they are read
                return null;
            case "Conv":
                return ReadConv(node, output);
            case "BatchNormalization":
                return ReadBatchNorm(node, output);
            case "Relu":
                return ClipLayer.Relu(output, node.Input[0]);
            case "Clip":
                return ReadClip(node, output);
            case "Add":
                RefuseConstants(node);
                return new AddLayer(output, node.Input[0], node.Input[1]);
            case "Pow":
                return ReadPower(node, output);
            case "Concat":
                RefuseConstants(node);
                return new ConcatLayer(output, [.. node.Input], Integer(node, "axis", 1));
            case "MaxPool" or "AveragePool":
                return ReadPool(node, output);
            case "GlobalAveragePool":
                return new GlobalAveragePoolLayer(output, node.Input[0]);
            case "Flatten":
                return Integer(node, "axis", 1) == 1 ? new FlattenLayer(output, node.Input[0]) : throw Unsupported(node, "flattens at another axis than 1");
            case "Gemm":
                return ReadGemm(node, output);
            case "Softmax":
                return Integer(node, "axis", _opset >= 13 ? -1 : 1) is 1 or -1 ? new SoftmaxLayer(output, node.Input[0]) : throw Unsupported(node, "works along another axis than the classes");
            case "Dropout":
                return new DropoutLayer(output, node.Input[0], 0);
            default:
                throw Unsupported(
                    node,
                    $"is of the type {node.OpType}; known are Add, AveragePool, BatchNormalization, Clip, Concat, Conv, Dropout, Flatten, Gemm, GlobalAveragePool, MaxPool, Pow, Relu, Softmax");
        }
    }

    private ConvLayer ReadConv(NodeProto node, string output)
    {
        using Tensor weight = Floats(node, 1);
        using Tensor? bias = node.Input.Count > 2 && node.Input[2].Length > 0 ? Floats(node, 2) : null;
        if (weight.dim() != 4)
        {
            throw Unsupported(node, $"has a kernel of {weight.dim() - 2} dimensions; pictures have 2");
        }

        RefuseAutomaticPads(node);
        var geometry = new ConvGeometry(Integers(node, "strides", 1, 1), Integers(node, "pads", 0, 0, 0, 0), Integers(node, "dilations", 1, 1), Integer(node, "group", 1));
        return new ConvLayer(output, node.Input[0], weight, bias, geometry, node.Input[1], bias is null ? null : node.Input[2]);
    }

    private BatchNormLayer ReadBatchNorm(NodeProto node, string output)
    {
        if (Integer(node, "training_mode", 0) != 0)
        {
            throw Unsupported(node, "is in training mode");
        }

        using Tensor scale = Floats(node, 1), shift = Floats(node, 2), mean = Floats(node, 3), variance = Floats(node, 4);
        double epsilon = node.Attribute.FirstOrDefault(attribute => attribute.Name == "epsilon")?.F ?? 1e-5f;
        return new BatchNormLayer(output, node.Input[0], scale, shift, mean, variance, epsilon, usesBatchStatistics: false, [.. node.Input.Skip(1)]);
    }

    private ClipLayer ReadClip(NodeProto node, string output)
    {
        float lowest = node.Attribute.FirstOrDefault(attribute => attribute.Name == "min")?.F ?? float.NegativeInfinity;
        float highest = node.Attribute.FirstOrDefault(attribute => attribute.Name == "max")?.F ?? float.PositiveInfinity;
        return new ClipLayer(output, node.Input[0], Bound(1, lowest), Bound(2, highest));

        float Bound(int input, float otherwise)
        {
            if (node.Input.Count <= input || node.Input[input].Length == 0)
            {
                return otherwise;
            }

            using Tensor bound = Floats(node, input);
            return bound.numel() == 1 ? bound.flatten()[0].item<float>() : throw Unsupported(node, "has a bound of several numbers");
        }
    }

    private PowerLayer ReadPower(NodeProto node, string output)
    {
        using Tensor exponent = Floats(node, 1);
        return exponent.numel() == 1 ? new PowerLayer(output, node.Input[0], exponent.flatten()[0].item<float>()) : throw Unsupported(node, "has an exponent of several numbers");
    }

    private PoolLayer ReadPool(NodeProto node, string output)
    {
        RefuseAutomaticPads(node);
        long[] kernel = Integers(node, "kernel_shape");
        if (kernel.Length != 2 || Integers(node, "dilations", 1, 1).Any(dilation => dilation != 1))
        {
            throw Unsupported(node, "pools over other than two dimensions or with dilations");
        }

        long[] pads = Integers(node, "pads", 0, 0, 0, 0);
        bool isMaximum = node.OpType == "MaxPool", roundsUp = Integer(node, "ceil_mode", 0) != 0, countsPads = Integer(node, "count_include_pad", 0) != 0;
        if ((pads[0] != pads[2] || pads[1] != pads[3]) && (roundsUp || (!isMaximum && !countsPads)))
        {
            throw Unsupported(node, "pads its sides unevenly while it rounds up or averages without the padding");
        }

        return new PoolLayer(output, node.Input[0], isMaximum, kernel, Integers(node, "strides", 1, 1), pads, roundsUp, countsPads);
    }

    private GemmLayer ReadGemm(NodeProto node, string output)
    {
        float alpha = node.Attribute.FirstOrDefault(attribute => attribute.Name == "alpha")?.F ?? 1, beta = node.Attribute.FirstOrDefault(attribute => attribute.Name == "beta")?.F ?? 1;
        if (alpha != 1 || beta != 1 || Integer(node, "transA", 0) != 0)
        {
            throw Unsupported(node, "scales its terms or transposes its input");
        }

        using Tensor stored = Floats(node, 1);
        using Tensor weight = Integer(node, "transB", 0) != 0 ? stored.alias() : stored.t().contiguous();
        bool hasBias = node.Input.Count > 2 && node.Input[2].Length > 0;
        using Tensor bias = hasBias ? Floats(node, 2) : zeros(weight.shape[0]);
        return new GemmLayer(output, node.Input[0], weight, bias, node.Input[1], hasBias ? node.Input[2] : null);
    }

    private void CheckReferences(string input, List<Layer> layers)
    {
        HashSet<string> known = new(StringComparer.Ordinal) { input };
        foreach (Layer layer in layers)
        {
            if (layer.Inputs.FirstOrDefault(name => !known.Contains(name)) is { } missing)
            {
                throw new UnsupportedNetworkException(_model, $"the node of '{layer.Output}' reads '{missing}', which nothing before it writes.");
            }

            known.Add(layer.Output);
        }

        if (_graph.Output.FirstOrDefault(output => !known.Contains(output.Name)) is { } lost)
        {
            throw new UnsupportedNetworkException(_model, $"its output '{lost.Name}' is written by no node.");
        }
    }

    private Tensor Floats(NodeProto node, int input)
    {
        string name = node.Input.Count > input ? node.Input[input] : "";
        if (!_tensors.TryGetValue(name, out TensorProto? proto))
        {
            throw Unsupported(node, $"takes its {input + 1}. input '{name}' from another node; only constants can be trained");
        }

        if (proto.DataLocation == TensorProto.Types.DataLocation.External)
        {
            throw new UnsupportedNetworkException(_model, $"keeps the tensor '{name}' in another file.");
        }

        long[] shape = [.. proto.Dims];
        long count = shape.Aggregate(1L, (product, side) => checked(product * side));
        float[] values = (TensorProto.Types.DataType)proto.DataType switch
        {
            TensorProto.Types.DataType.Float when proto.RawData.Length > 0 => MemoryMarshal.Cast<byte, float>(proto.RawData.Span).ToArray(),
            TensorProto.Types.DataType.Float => [.. proto.FloatData],
            TensorProto.Types.DataType.Float16 when proto.RawData.Length > 0 => Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(proto.RawData.Span).ToArray(), value => (float)value),
            _ => throw new UnsupportedNetworkException(_model, $"the tensor '{name}' is of type {(TensorProto.Types.DataType)proto.DataType}; floats of 32 or 16 bits are known."),
        };
        return values.Length == count
            ? tensor(values, shape)
            : throw new UnsupportedNetworkException(_model, $"the tensor '{name}' of shape [{string.Join(", ", shape)}] holds {values.Length} numbers.");
    }

    private void RefuseConstants(NodeProto node)
    {
        if (node.Input.FirstOrDefault(_tensors.ContainsKey) is { } constant)
        {
            throw Unsupported(node, $"joins the constant '{constant}'");
        }
    }

    private void RefuseAutomaticPads(NodeProto node)
    {
        if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "auto_pad")?.S.ToStringUtf8() is { } pads and not ("NOTSET" or "VALID"))
        {
            throw Unsupported(node, $"pads by the rule {pads}");
        }
    }

    private static long Integer(NodeProto node, string name, long otherwise) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.I ?? otherwise;

    private static long[] Integers(NodeProto node, string name, params long[] otherwise) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name) is { } found ? [.. found.Ints] : otherwise;

    private UnsupportedNetworkException Unsupported(NodeProto node, string reason) =>
        new(_model, $"the node '{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault(""))}' ({node.OpType}) {reason}.");
}
