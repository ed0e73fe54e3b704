using System.Runtime.InteropServices;
using ArtSimilarity.Training.Schema;
using Google.Protobuf;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>Gathers the nodes and tensors of an ONNX graph (operator set 13).</summary>
/// <param name="halfPrecision">
/// Whether weights are stored as 16-bit floats, each followed by a Cast to 32 bits, which ONNX Runtime carries out once, when it
/// loads the model: half the file, the same speed.
/// </param>
internal sealed class OnnxWriter(bool halfPrecision)
{
    private const int OpsetVersion = 13;
    private const int IrVersion = 7;

    // Scales, shifts and statistics of few numbers gain nothing from being short.
    private const long SmallTensor = 4096;

    private readonly GraphProto _graph = new() { Name = "network" };
    private readonly Dictionary<string, Tensor?> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);

    public static AttributeProto Attribute(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Attribute(string name, float value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    public static AttributeProto Attribute(string name, long[] values) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    public void AddNode(string type, string output, string[] inputs, params AttributeProto[] attributes) => _graph.Node.Add(new NodeProto
    {
        OpType = type,
        Name = output,
        Input = { inputs.Select(name => _aliases.GetValueOrDefault(name, name)) },
        Output = { output },
        Attribute = { attributes },
    });

    /// <summary>From now on, whoever reads <paramref name="name"/> reads <paramref name="target"/>.</summary>
    public void Alias(string name, string target) => _aliases[name] = _aliases.GetValueOrDefault(target, target);

    /// <summary>Stores a tensor of 32-bit floats.</summary>
    /// <returns>The name under which nodes read it as 32-bit floats.</returns>
    public string AddTensor(string name, Tensor tensor)
    {
        // Layers that shared a tensor in the file they came from have their own since: the second gets a name of its own.
        string stem = name;
        for (int number = 2; _names.TryGetValue(name, out Tensor? known); number++)
        {
            if (ReferenceEquals(known, tensor))
            {
                return name;
            }

            name = FormattableString.Invariant($"{stem}_{number}");
        }

        _names.Add(name, tensor);
        using Tensor plain = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        float[] values = plain.data<float>().ToArray();
        bool half = halfPrecision && tensor.dim() > 1 && values.Length >= SmallTensor; // statistics of a normalisation may be too small for 16 bits
        var proto = new TensorProto
        {
            Name = half ? name + "_half" : name,
            Dims = { tensor.shape },
            DataType = (int)(half ? TensorProto.Types.DataType.Float16 : TensorProto.Types.DataType.Float),
            RawData = half
                ? ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, value => (Half)value)))
                : ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)),
        };
        _graph.Initializer.Add(proto);
        if (half)
        {
            AddNode("Cast", name, [proto.Name], Attribute("to", (long)TensorProto.Types.DataType.Float));
        }

        return name;
    }

    public string AddScalar(float value)
    {
        string name = FormattableString.Invariant($"constant_{value}");
        if (_names.TryAdd(name, null))
        {
            _graph.Initializer.Add(new TensorProto
            {
                Name = name,
                DataType = (int)TensorProto.Types.DataType.Float,
                RawData = ByteString.CopyFrom(BitConverter.GetBytes(value)),
            });
        }

        return name;
    }

    /// <summary>Completes the model.</summary>
    /// <param name="input">The input's name; its shape is [N, 3, rows, columns].</param>
    /// <param name="size">The input's rows and columns.</param>
    /// <param name="outputs">The outputs' names.</param>
    /// <param name="documentation">What the model is.</param>
    /// <param name="properties">The metadata.</param>
    public ModelProto Build(string input, (int Height, int Width) size, IEnumerable<string> outputs, string documentation, IReadOnlyDictionary<string, string> properties)
    {
        _graph.Input.Add(Value(input, 3, size.Height, size.Width));
        _graph.Output.AddRange(outputs.Select(name => Value(_aliases.GetValueOrDefault(name, name))));
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "ArtSimilarity.Training",
            DocString = documentation,
            Graph = _graph,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = OpsetVersion } },
        };
        foreach ((string key, string value) in properties.OrderBy(property => property.Key, StringComparer.Ordinal))
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        return model;
    }

    private static ValueInfoProto Value(string name, params long[] sides)
    {
        var type = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float };
        if (sides.Length > 0)
        {
            type.Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
            type.Shape.Dim.AddRange(sides.Select(side => new TensorShapeProto.Types.Dimension { DimValue = side }));
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = type } };
    }
}
