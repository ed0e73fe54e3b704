using System.Text;

namespace ArtSimilarity.Onnx.Extraction;

/// <summary>
/// What is read of an ONNX file, straight from its protobuf bytes: the names that a tap needs, the metadata, and the files that the
/// weights are in.
/// </summary>
/// <remarks>
/// The messages and fields are those of onnx.proto, with their numbers:
/// <list type="bullet">
/// <item>ModelProto: graph 7, metadata_props 14, functions 25</item>
/// <item>GraphProto: node 1, initializer 5, output 12, sparse_initializer 15</item>
/// <item>FunctionProto: name 1, node 7, domain 10</item>
/// <item>NodeProto: output 2, op_type 4, attribute 5, domain 7</item>
/// <item>AttributeProto: t 5, g 6, tensors 10, graphs 11, sparse_tensor 22, sparse_tensors 23</item>
/// <item>SparseTensorProto: values 1, indices 2</item>
/// <item>TensorProto: dims 1, data_type 2, name 8, external_data 13, data_location 14</item>
/// <item>ValueInfoProto: name 1</item>
/// <item>StringStringEntryProto: key 1, value 2</item>
/// </list>
/// </remarks>
internal sealed class OnnxGraph
{
    private const int ModelGraph = 7;
    private const int ModelProperty = 14;
    private const int PropertyKey = 1;
    private const int PropertyValue = 2;
    private const int GraphNode = 1;
    private const int GraphOutput = 12;
    private const int NodeOutput = 2;
    private const int ValueInfoName = 1;
    private const int ModelFunction = 25;
    private const int FunctionName = 1;
    private const int FunctionNode = 7;
    private const int FunctionDomain = 10;
    private const int GraphInitializer = 5;
    private const int GraphSparseInitializer = 15;
    private const int NodeOperator = 4;
    private const int NodeAttribute = 5;
    private const int NodeDomain = 7;
    private const int SparseValues = 1;
    private const int SparseIndices = 2;
    private const int TensorSide = 1;
    private const int TensorElementType = 2;
    private const int TensorName = 8;
    private const int TensorExternalData = 13;
    private const int TensorDataLocation = 14;
    private const ulong IsExternal = 1;

    /// <summary>Graphs within graphs, beyond which protobuf parsers give up: without a limit a small file would exhaust the stack.</summary>
    private const int DeepestGraph = 32;

    private readonly List<string> _outputs = [];
    private readonly List<string> _tensors = [];
    private readonly Dictionary<string, string> _properties = new(StringComparer.Ordinal);
    private readonly List<ExternalTensor> _externalTensors = [];
    private readonly OnnxFunctions _functions = new();

    private OnnxGraph()
    {
    }

    /// <summary>The names of the graph's outputs, in their order.</summary>
    public IReadOnlyList<string> Outputs => _outputs;

    /// <summary>The names of all tensors that nodes of the graph compute, in their order.</summary>
    public IReadOnlyList<string> Tensors => _tensors;

    /// <summary>The metadata properties; of several of one key the last one.</summary>
    public IReadOnlyDictionary<string, string> Properties => _properties;

    /// <summary>The weights that are in other files, as the model names these; none where the model holds all its weights.</summary>
    public IReadOnlyList<ExternalTensor> ExternalTensors => _externalTensors;

    /// <summary>Whether the model has a loop, of which nothing tells that it ends.</summary>
    public bool HasLoop { get; private set; }

    /// <summary>Whether the model defines functions.</summary>
    public bool HasFunctions => _functions.Any;

    /// <summary>How many operators the model has once its functions are expanded; a number beyond any real model where they never end.</summary>
    public long ExpandedNodeCount => _functions.ExpandedCount;

    /// <summary>Reads the names.</summary>
    /// <returns>The names, or <see langword="null"/> where the bytes are no ONNX model.</returns>
    public static OnnxGraph? TryRead(ReadOnlySpan<byte> model)
    {
        var graph = new OnnxGraph();
        try
        {
            bool found = false;
            for (var fields = new ProtobufFields(model); fields.Next();)
            {
                if (fields.Number == ModelGraph && fields.WireType == ProtobufFields.LengthDelimited)
                {
                    found = true;
                    graph._functions.Begin(OnnxFunctions.Model);
                    graph.ReadGraph(fields.Content, depth: 0);
                }
                else if (fields.Number == ModelFunction && fields.WireType == ProtobufFields.LengthDelimited)
                {
                    graph.ReadFunction(fields.Content);
                }
                else if (fields.Number == ModelProperty && fields.WireType == ProtobufFields.LengthDelimited)
                {
                    graph.ReadProperty(fields.Content);
                }
            }

            return found && graph._outputs.Count > 0 ? graph : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The shortest that a model can have been before it was cut short.</summary>
    /// <returns>A number of bytes, or <see langword="null"/> where the bytes do not begin as a model does, or do not end within a part of it.</returns>
    public static long? LengthBeforeCut(ReadOnlySpan<byte> model)
    {
        var fields = new ProtobufFields(model);
        bool found = false;
        try
        {
            while (fields.Next() && IsOfModel(fields.Number, fields.WireType))
            {
                found = true;
            }

            return null;
        }
        catch (InvalidDataException)
        {
            // Protobuf messages are of 2 GB at most: what says that it is longer is something else.
            return found && fields.Missing is > 0 and < int.MaxValue && IsOfModel(fields.Number, fields.WireType) ? model.Length + (long)fields.Missing : null;
        }
    }

    /// <summary>
    /// Makes a tensor of the graph one of its outputs. A message field that occurs twice is merged by every protobuf parser,
    /// its repeated fields concatenated: a second graph that holds nothing but the output, behind the model, is all it takes.
    /// </summary>
    public static byte[] AppendOutput(ReadOnlySpan<byte> model, string tensor)
    {
        byte[] name = ProtobufWriter.Message(ValueInfoName, Encoding.UTF8.GetBytes(tensor));
        byte[] addition = ProtobufWriter.Message(ModelGraph, ProtobufWriter.Message(GraphOutput, name));
        byte[] extended = GC.AllocateUninitializedArray<byte>(checked(model.Length + addition.Length));
        model.CopyTo(extended);
        addition.CopyTo(extended, model.Length);
        return extended;
    }

    /// <summary>Whether ModelProto has such a field.</summary>
    private static bool IsOfModel(int number, int wireType) => number switch
    {
        1 or 5 => wireType == 0,
        2 or 3 or 4 or 6 or 7 or 8 or 14 or 20 or 25 or 26 => wireType == ProtobufFields.LengthDelimited,
        _ => false,
    };

    /// <summary>Reads a graph; of one inside another only what concerns the whole model.</summary>
    private void ReadGraph(ReadOnlySpan<byte> graph, int depth)
    {
        if (depth > DeepestGraph)
        {
            throw new InvalidDataException("Graphs within graphs without end.");
        }

        ReadNodes(graph, GraphNode, depth);
        for (var fields = new ProtobufFields(graph); fields.Next();)
        {
            if (fields.WireType != ProtobufFields.LengthDelimited)
            {
                continue;
            }

            if (fields.Number == GraphOutput && depth == 0)
            {
                ReadStrings(fields.Content, ValueInfoName, _outputs);
            }
            else if (fields.Number == GraphInitializer)
            {
                ReadTensor(fields.Content);
            }
            else if (fields.Number == GraphSparseInitializer)
            {
                ReadSparseTensor(fields.Content);
            }
        }
    }

    private void ReadFunction(ReadOnlySpan<byte> function)
    {
        string name = "", domain = "";
        for (var fields = new ProtobufFields(function); fields.Next();)
        {
            if (fields.WireType == ProtobufFields.LengthDelimited && fields.Number is FunctionName or FunctionDomain)
            {
                string text = Encoding.UTF8.GetString(fields.Content);
                (name, domain) = fields.Number == FunctionName ? (text, domain) : (name, text);
            }
        }

        _functions.Begin((domain, name));
        ReadNodes(function, FunctionNode, depth: 1);
    }

    private void ReadNodes(ReadOnlySpan<byte> owner, int number, int depth)
    {
        for (var fields = new ProtobufFields(owner); fields.Next();)
        {
            if (fields.Number == number && fields.WireType == ProtobufFields.LengthDelimited)
            {
                ReadNode(fields.Content, depth);
            }
        }
    }

    private void ReadNode(ReadOnlySpan<byte> node, int depth)
    {
        string operation = "", domain = "";
        for (var fields = new ProtobufFields(node); fields.Next();)
        {
            if (fields.WireType != ProtobufFields.LengthDelimited)
            {
                continue;
            }

            switch (fields.Number)
            {
                // An empty name is an optional output that is not computed.
                case NodeOutput when depth == 0 && fields.Content.Length > 0:
                    _tensors.Add(Encoding.UTF8.GetString(fields.Content));
                    break;
                case NodeOperator:
                    operation = Encoding.UTF8.GetString(fields.Content);
                    break;
                case NodeDomain:
                    domain = Encoding.UTF8.GetString(fields.Content);
                    break;
                case NodeAttribute:
                    ReadAttribute(fields.Content, depth);
                    break;
                default:
                    break;
            }
        }

        HasLoop |= operation == "Loop";
        _functions.Add((domain, operation));
    }

    private void ReadAttribute(ReadOnlySpan<byte> attribute, int depth)
    {
        for (var fields = new ProtobufFields(attribute); fields.Next();)
        {
            if (fields.WireType != ProtobufFields.LengthDelimited)
            {
                continue;
            }

            switch (fields.Number)
            {
                case 5 or 10:
                    ReadTensor(fields.Content);
                    break;
                case 6 or 11:
                    ReadGraph(fields.Content, depth + 1);
                    break;
                case 22 or 23:
                    ReadSparseTensor(fields.Content);
                    break;
                default:
                    break;
            }
        }
    }

    private void ReadSparseTensor(ReadOnlySpan<byte> tensor)
    {
        for (var fields = new ProtobufFields(tensor); fields.Next();)
        {
            if (fields.WireType == ProtobufFields.LengthDelimited && fields.Number is SparseValues or SparseIndices)
            {
                ReadTensor(fields.Content);
            }
        }
    }

    private void ReadTensor(ReadOnlySpan<byte> tensor)
    {
        string name = "", file = "";
        string? offset = null, length = null;
        bool isExternal = false;
        ulong elementType = 0;
        UInt128? count = 1;
        for (var fields = new ProtobufFields(tensor); fields.Next();)
        {
            switch (fields.Number, fields.WireType)
            {
                case (TensorDataLocation, 0):
                    isExternal = fields.Value == IsExternal;
                    break;
                case (TensorElementType, 0):
                    elementType = fields.Value;
                    break;
                case (TensorSide, 0):
                    count = Times(count, fields.Value);
                    break;
                case (TensorSide, ProtobufFields.LengthDelimited):
                    for (var sides = new ProtobufNumbers(fields.Content); sides.Next();)
                    {
                        count = Times(count, sides.Value);
                    }

                    break;
                case (TensorName, ProtobufFields.LengthDelimited):
                    name = Encoding.UTF8.GetString(fields.Content);
                    break;
                case (TensorExternalData, ProtobufFields.LengthDelimited):
                    (string key, string value) = ReadEntry(fields.Content);
                    file = key == "location" ? value : file;
                    offset = key == "offset" ? value : offset;
                    length = key == "length" ? value : length;
                    break;
                default:
                    break;
            }
        }

        if (isExternal)
        {
            UInt128? bytes = Times(count, (ulong)BytesOf(elementType));
            _externalTensors.Add(new ExternalTensor(name, file, offset, length, BytesOf(elementType) > 0 && bytes <= long.MaxValue ? (long)bytes : null));
        }
    }

    /// <summary>A product; <see langword="null"/> where it is beyond any file.</summary>
    private static UInt128? Times(UInt128? number, ulong factor) => number * factor is UInt128 product && product <= long.MaxValue ? product : null;

    /// <summary>How long an element of a type of TensorProto.DataType is; 0 for one of less than a byte, without a fixed length, or unknown.</summary>
    private static int BytesOf(ulong elementType) => elementType switch
    {
        2 or 3 or 9 or 17 or 18 or 19 or 20 => 1,
        4 or 5 or 10 or 16 => 2,
        1 or 6 or 12 => 4,
        7 or 11 or 13 or 14 => 8,
        15 => 16,
        _ => 0,
    };

    private void ReadProperty(ReadOnlySpan<byte> property)
    {
        (string key, string value) = ReadEntry(property);
        _properties[key] = value;
    }

    private static (string Key, string Value) ReadEntry(ReadOnlySpan<byte> entry)
    {
        string key = "", value = "";
        for (var fields = new ProtobufFields(entry); fields.Next();)
        {
            if (fields.WireType == ProtobufFields.LengthDelimited && fields.Number is (PropertyKey or PropertyValue))
            {
                string text = Encoding.UTF8.GetString(fields.Content);
                (key, value) = fields.Number == PropertyKey ? (text, value) : (key, text);
            }
        }

        return (key, value);
    }

    private static void ReadStrings(ReadOnlySpan<byte> message, int number, List<string> target)
    {
        for (var fields = new ProtobufFields(message); fields.Next();)
        {
            if (fields.Number == number && fields.WireType == ProtobufFields.LengthDelimited && fields.Content.Length > 0)
            {
                target.Add(Encoding.UTF8.GetString(fields.Content));
            }
        }
    }
}
