using System.Buffers.Binary;
using System.Text;
using ArtSimilarity.Onnx.Extraction;

namespace ArtSimilarity.Onnx.Maps;

/// <summary>The operators of a model and what they read of one another; cuts models of a few of them out.</summary>
/// <remarks>
/// Fields of onnx.proto besides those of <see cref="OnnxGraph"/>:
/// <list type="bullet">
/// <item>GraphProto: name 2, input 11</item>
/// <item>NodeProto: input 1</item>
/// <item>AttributeProto: name 1, f 2, i 3, ints 8</item>
/// <item>ValueInfoProto: type 2; TypeProto: tensor_type 1; TypeProto.Tensor: elem_type 1, shape 2; TensorShapeProto: dim 1; Dimension: dim_value 1, dim_param 2</item>
/// </list>
/// </remarks>
internal sealed class NodeGraph
{
    private const int ModelGraph = 7;
    private const int GraphNodes = 1;
    private const int GraphName = 2;
    private const int GraphInitializer = 5;
    private const int GraphInput = 11;
    private const int GraphOutput = 12;
    private const int GraphSparseInitializer = 15;
    private const int ValueInfoName = 1;
    private const int TensorName = 8;
    private const int AttributeInteger = 3;
    private const uint ElementTypeFloat = 1;

    private readonly List<ReadOnlyMemory<byte>> _modelFields = [];
    private readonly List<ReadOnlyMemory<byte>> _sparseInitializers = [];
    private readonly List<GraphNode> _nodes = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _initializers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GraphNode> _producers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _variable = new(StringComparer.Ordinal);

    /// <summary>Reads a model that <see cref="OnnxGraph"/> has read.</summary>
    /// <param name="model">The model's bytes; kept.</param>
    /// <param name="input">The model's input, on which all that varies depends.</param>
    public NodeGraph(ReadOnlyMemory<byte> model, string input)
    {
        for (var fields = new ProtobufFields(model.Span); fields.Next();)
        {
            if (fields.Number == ModelGraph)
            {
                ReadGraph(model[fields.ContentRange]);
            }
            else
            {
                _modelFields.Add(model[fields.Whole]);
            }
        }

        _variable.Add(input);
        foreach (GraphNode node in _nodes)
        {
            if (node.Reads.Any(_variable.Contains))
            {
                _variable.UnionWith(node.Outputs);
            }

            foreach (string output in node.Outputs)
            {
                _producers[output] = node;
            }
        }
    }

    /// <summary>The operator that computes a tensor; <see langword="null"/> for an input or weights.</summary>
    public GraphNode? Producer(string tensor) => _producers.GetValueOrDefault(tensor);

    /// <summary>Whether a tensor is the same for every image.</summary>
    public bool IsConstant(string tensor) => !_variable.Contains(tensor);

    /// <summary>
    /// A model that computes some tensors of this one and nothing else. Its outputs are called <see cref="OutputName"/>. Shapes that the model
    /// states for its tensors are left out, so that the input may be of any size.
    /// </summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="input">The input, with its channels last or not; <see langword="null"/> where no tensor depends on it.</param>
    /// <returns>The bytes of a model.</returns>
    public byte[] Cut(IReadOnlyList<string> tensors, (string Name, bool ChannelsLast)? input)
    {
        HashSet<string> needed = new(tensors, StringComparer.Ordinal);
        foreach (GraphNode node in Enumerable.Reverse(_nodes))
        {
            if (node.Outputs.Any(needed.Contains))
            {
                needed.UnionWith(node.Reads);
            }
        }

        var graph = new MemoryStream();
        foreach (GraphNode node in _nodes.Where(node => node.Outputs.Any(needed.Contains)))
        {
            graph.Write(node.Field.Span);
        }

        // A cast to floats of an output by itself: it may be an input or weights, which cannot be outputs, and weights may be of 16 bits.
        for (int i = 0; i < tensors.Count; i++)
        {
            graph.Write(ProtobufWriter.Message(GraphNodes,
            [
                .. ProtobufWriter.Text(1, tensors[i]), .. ProtobufWriter.Text(2, OutputName(i)), .. ProtobufWriter.Text(4, "Cast"),
                .. ProtobufWriter.Message(5, [.. ProtobufWriter.Text(1, "to"), .. ProtobufWriter.Number(AttributeInteger, ElementTypeFloat), .. ProtobufWriter.Number(20, 2)]),
            ]));
            graph.Write(ProtobufWriter.Message(GraphOutput, ProtobufWriter.Text(ValueInfoName, OutputName(i))));
        }

        graph.Write(ProtobufWriter.Text(GraphName, "part"));
        foreach ((string name, ReadOnlyMemory<byte> field) in _initializers.Where(entry => needed.Contains(entry.Key)))
        {
            graph.Write(field.Span);
        }

        foreach (ReadOnlyMemory<byte> field in _sparseInitializers)
        {
            graph.Write(field.Span);
        }

        foreach ((string name, ReadOnlyMemory<byte> field) in _inputs.Where(entry => needed.Contains(entry.Key)))
        {
            graph.Write(name == input?.Name ? ImageInput(name, input.Value.ChannelsLast) : field.Span);
        }

        var model = new MemoryStream();
        foreach (ReadOnlyMemory<byte> field in _modelFields)
        {
            model.Write(field.Span);
        }

        model.Write(ProtobufWriter.Message(ModelGraph, graph.GetBuffer().AsSpan(0, (int)graph.Length)));
        return model.ToArray();
    }

    /// <summary>What the outputs of a cut model are called.</summary>
    public static string OutputName(int index) => FormattableString.Invariant($"artsimilarity/part/{index}");

    /// <summary>An input of any number of images of any size.</summary>
    private static byte[] ImageInput(string name, bool channelsLast)
    {
        byte[] Any(string side) => ProtobufWriter.Message(1, ProtobufWriter.Text(2, side));
        byte[] channels = ProtobufWriter.Message(1, ProtobufWriter.Number(1, 3));
        byte[] shape = channelsLast ? [.. Any("images"), .. Any("rows"), .. Any("columns"), .. channels] : [.. Any("images"), .. channels, .. Any("rows"), .. Any("columns")];
        byte[] tensor = [.. ProtobufWriter.Number(1, ElementTypeFloat), .. ProtobufWriter.Message(2, shape)];
        return ProtobufWriter.Message(GraphInput, [.. ProtobufWriter.Text(ValueInfoName, name), .. ProtobufWriter.Message(2, ProtobufWriter.Message(1, tensor))]);
    }

    private static string Text(ReadOnlySpan<byte> message, int number)
    {
        string text = "";
        for (var fields = new ProtobufFields(message); fields.Next();)
        {
            if (fields.Number == number && fields.WireType == ProtobufFields.LengthDelimited)
            {
                text = Encoding.UTF8.GetString(fields.Content);
            }
        }

        return text;
    }

    private static GraphNode ReadNode(ReadOnlyMemory<byte> field, ReadOnlySpan<byte> node)
    {
        string operation = "", domain = "";
        List<string> inputs = [], outputs = [], captured = [];
        Dictionary<string, long[]> numbers = new(StringComparer.Ordinal);
        Dictionary<string, float> reals = new(StringComparer.Ordinal);
        for (var fields = new ProtobufFields(node); fields.Next();)
        {
            if (fields.WireType != ProtobufFields.LengthDelimited)
            {
                continue;
            }

            switch (fields.Number)
            {
                case 1:
                    inputs.Add(Encoding.UTF8.GetString(fields.Content));
                    break;
                case 2:
                    outputs.Add(Encoding.UTF8.GetString(fields.Content));
                    break;
                case 4:
                    operation = Encoding.UTF8.GetString(fields.Content);
                    break;
                case 5:
                    ReadAttribute(fields.Content, numbers, reals, captured);
                    break;
                case 7:
                    domain = Encoding.UTF8.GetString(fields.Content);
                    break;
                default:
                    break;
            }
        }

        string name = domain is "" or "ai.onnx" ? operation : $"{domain}.{operation}";
        return new GraphNode(name, inputs, outputs, captured, numbers, reals, field);
    }

    private static void ReadAttribute(ReadOnlySpan<byte> attribute, Dictionary<string, long[]> numbers, Dictionary<string, float> reals, List<string> captured)
    {
        string name = Text(attribute, 1);
        List<long> values = [];
        for (var fields = new ProtobufFields(attribute); fields.Next();)
        {
            switch (fields.Number, fields.WireType)
            {
                case (2, ProtobufFields.Fixed32):
                    reals[name] = BinaryPrimitives.ReadSingleLittleEndian(fields.Content);
                    break;
                case (AttributeInteger, 0) or (8, 0):
                    values.Add((long)fields.Value);
                    break;
                case (8, ProtobufFields.LengthDelimited):
                    for (var packed = new ProtobufNumbers(fields.Content); packed.Next();)
                    {
                        values.Add((long)packed.Value);
                    }

                    break;
                case (6, ProtobufFields.LengthDelimited) or (11, ProtobufFields.LengthDelimited):
                    Capture(fields.Content, captured);
                    break;
                default:
                    break;
            }
        }

        if (values.Count > 0)
        {
            numbers[name] = [.. values];
        }
    }

    /// <summary>Gathers what the nodes of an inner graph read. OnnxGraph has made sure that graphs are not nested without end.</summary>
    private static void Capture(ReadOnlySpan<byte> graph, List<string> captured)
    {
        for (var fields = new ProtobufFields(graph); fields.Next();)
        {
            if (fields.Number == GraphNodes && fields.WireType == ProtobufFields.LengthDelimited)
            {
                captured.AddRange(ReadNode(default, fields.Content).Reads);
            }
            else if (fields.Number == GraphOutput && fields.WireType == ProtobufFields.LengthDelimited)
            {
                captured.Add(Text(fields.Content, ValueInfoName));
            }
        }
    }

    private void ReadGraph(ReadOnlyMemory<byte> graph)
    {
        for (var fields = new ProtobufFields(graph.Span); fields.Next();)
        {
            if (fields.WireType != ProtobufFields.LengthDelimited)
            {
                continue;
            }

            ReadOnlyMemory<byte> whole = graph[fields.Whole];
            switch (fields.Number)
            {
                case GraphNodes:
                    _nodes.Add(ReadNode(whole, fields.Content));
                    break;
                case GraphInitializer:
                    _initializers[Text(fields.Content, TensorName)] = whole;
                    break;
                case GraphSparseInitializer:
                    _sparseInitializers.Add(whole);
                    break;
                case GraphInput:
                    _inputs[Text(fields.Content, ValueInfoName)] = whole;
                    break;
                default:
                    break;
            }
        }
    }
}
