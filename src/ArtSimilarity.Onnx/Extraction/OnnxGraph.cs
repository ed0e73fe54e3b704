using System.Text;

namespace ArtSimilarity.Onnx;

/// <summary>
/// The names in an ONNX file that a tap needs and its metadata, read straight from its protobuf bytes (onnx.proto, field numbers
/// in brackets): ModelProto.graph [7] and .metadata_props [14], GraphProto.node [1] and .output [12], NodeProto.output [2],
/// ValueInfoProto.name [1], StringStringEntryProto.key [1] and .value [2].
/// </summary>
internal sealed class OnnxGraph
{
    private const int LengthDelimited = 2;
    private const int ModelGraph = 7;
    private const int ModelProperty = 14;
    private const int PropertyKey = 1;
    private const int PropertyValue = 2;
    private const int GraphNode = 1;
    private const int GraphOutput = 12;
    private const int NodeOutput = 2;
    private const int ValueInfoName = 1;

    private readonly List<string> _outputs = [];
    private readonly List<string> _tensors = [];
    private readonly Dictionary<string, string> _properties = new(StringComparer.Ordinal);

    private OnnxGraph()
    {
    }

    /// <summary>The names of the graph's outputs, in their order.</summary>
    public IReadOnlyList<string> Outputs => _outputs;

    /// <summary>The names of all tensors that nodes of the graph compute, in their order.</summary>
    public IReadOnlyList<string> Tensors => _tensors;

    /// <summary>The metadata properties; of several of one key the last one.</summary>
    public IReadOnlyDictionary<string, string> Properties => _properties;

    /// <summary>Reads the names.</summary>
    /// <returns>The names, or <see langword="null"/> where the bytes are no ONNX model.</returns>
    public static OnnxGraph? TryRead(ReadOnlySpan<byte> model)
    {
        var graph = new OnnxGraph();
        try
        {
            bool found = false;
            for (var fields = new Fields(model); fields.Next();)
            {
                if (fields.Number == ModelGraph && fields.WireType == LengthDelimited)
                {
                    found = true;
                    graph.ReadGraph(fields.Content);
                }
                else if (fields.Number == ModelProperty && fields.WireType == LengthDelimited)
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

    /// <summary>
    /// Makes a tensor of the graph one of its outputs. A message field that occurs twice is merged by every protobuf parser,
    /// its repeated fields concatenated: a second graph that holds nothing but the output, behind the model, is all it takes.
    /// </summary>
    public static byte[] AppendOutput(ReadOnlySpan<byte> model, string tensor)
    {
        byte[] name = Message(ValueInfoName, Encoding.UTF8.GetBytes(tensor));
        byte[] addition = Message(ModelGraph, Message(GraphOutput, name));
        byte[] extended = GC.AllocateUninitializedArray<byte>(checked(model.Length + addition.Length));
        model.CopyTo(extended);
        addition.CopyTo(extended, model.Length);
        return extended;
    }

    private void ReadGraph(ReadOnlySpan<byte> graph)
    {
        for (var fields = new Fields(graph); fields.Next();)
        {
            if (fields.WireType != LengthDelimited)
            {
                continue;
            }

            if (fields.Number == GraphNode)
            {
                ReadStrings(fields.Content, NodeOutput, _tensors);
            }
            else if (fields.Number == GraphOutput)
            {
                ReadStrings(fields.Content, ValueInfoName, _outputs);
            }
        }
    }

    private void ReadProperty(ReadOnlySpan<byte> property)
    {
        string key = "", value = "";
        for (var fields = new Fields(property); fields.Next();)
        {
            if (fields.WireType == LengthDelimited && fields.Number is (PropertyKey or PropertyValue))
            {
                string text = Encoding.UTF8.GetString(fields.Content);
                (key, value) = fields.Number == PropertyKey ? (text, value) : (key, text);
            }
        }

        _properties[key] = value;
    }

    private static void ReadStrings(ReadOnlySpan<byte> message, int number, List<string> target)
    {
        for (var fields = new Fields(message); fields.Next();)
        {
            // An empty name is an optional output that is not computed.
            if (fields.Number == number && fields.WireType == LengthDelimited && fields.Content.Length > 0)
            {
                target.Add(Encoding.UTF8.GetString(fields.Content));
            }
        }
    }

    private static byte[] Message(int number, ReadOnlySpan<byte> content)
    {
        var bytes = new List<byte>(content.Length + 8);
        WriteVarint(bytes, (uint)((number << 3) | LengthDelimited));
        WriteVarint(bytes, (uint)content.Length);
        bytes.AddRange(content);
        return [.. bytes];
    }

    private static void WriteVarint(List<byte> bytes, uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
    }

    /// <summary>Walks over the fields of one protobuf message.</summary>
    private ref struct Fields(ReadOnlySpan<byte> message)
    {
        private ReadOnlySpan<byte> _rest = message;

        public int Number { get; private set; }

        public int WireType { get; private set; }

        public ReadOnlySpan<byte> Content { get; private set; }

        public bool Next()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            ulong tag = ReadVarint();
            Number = (int)Math.Min(tag >> 3, int.MaxValue);
            WireType = (int)(tag & 7);
            Content = default;
            switch (WireType)
            {
                case 0:
                    ReadVarint();
                    break;
                case 1:
                    Take(sizeof(ulong));
                    break;
                case LengthDelimited:
                    Content = Take(ReadVarint());
                    break;
                case 5:
                    Take(sizeof(uint));
                    break;
                default:
                    throw new InvalidDataException("Unknown wire type.");
            }

            return Number > 0 ? true : throw new InvalidDataException("Field 0.");
        }

        private ulong ReadVarint()
        {
            ulong value = 0;
            for (int i = 0; i < Math.Min(_rest.Length, 10); i++)
            {
                value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
                if (_rest[i] < 0x80)
                {
                    _rest = _rest[(i + 1)..];
                    return value;
                }
            }

            throw new InvalidDataException("Unfinished number.");
        }

        private ReadOnlySpan<byte> Take(ulong length)
        {
            if (length > (ulong)_rest.Length)
            {
                throw new InvalidDataException("Unfinished field.");
            }

            ReadOnlySpan<byte> taken = _rest[..(int)length];
            _rest = _rest[(int)length..];
            return taken;
        }
    }
}
