using System.Text;
using ArtSimilarity.Onnx.Extraction;

namespace ArtSimilarity.Onnx.Tests;

/// <summary>Writes small ONNX models, byte by byte after onnx.proto, so that tests can say what is inside.</summary>
internal static class TinyModel
{
    public const int Float = 1;
    public const int Int64 = 7;
    public const int Boolean = 9;

    /// <summary>The average of each channel: [N, 3, 4, 4] → <c>embedding</c> [N, 3, 1, 1], with <c>same</c> [N, 3, 4, 4] inside.</summary>
    public static byte[] ChannelMeans(int batch = 0) =>
        Build([Input("input", Float, batch, 3, 4, 4)], ["embedding"], Node("Identity", ["input"], "same"), Node("GlobalAveragePool", ["same"], "embedding"));

    /// <summary>
    /// A model as ArtSimilarity.Training writes them, for images of 4×4: <c>embedding</c> [N, 3] is the average of each channel,
    /// <c>probabilities</c> [N, 3] its softmax, and <c>probabilities_style</c> [N, 3] the softmax of its negative.
    /// </summary>
    /// <param name="properties">What it says of itself.</param>
    public static byte[] Trained(IReadOnlyDictionary<string, string> properties) => WithProperties(
        Build(
            [Input("input", Float, 0, 3, 4, 4)],
            ["embedding", "probabilities", "probabilities_style", "feature_map"],
            Node("Identity", ["input"], "feature_map"),
            Node("GlobalAveragePool", ["feature_map"], "pool"),
            Node("Flatten", ["pool"], "embedding"),
            Node("Softmax", ["embedding"], "probabilities"),
            Node("Neg", ["embedding"], "negative"),
            Node("Softmax", ["negative"], "probabilities_style")),
        properties);

    /// <summary>The same with a second signature: <c>work</c> [N, 3], the exponential of the first.</summary>
    /// <param name="properties">What it says of itself.</param>
    public static byte[] WithTwoSignatures(IReadOnlyDictionary<string, string> properties) => WithProperties(
        Build(
            [Input("input", Float, 0, 3, 4, 4)],
            ["embedding", "probabilities", "work"],
            Node("GlobalAveragePool", ["input"], "pool"),
            Node("Flatten", ["pool"], "embedding"),
            Node("Softmax", ["embedding"], "probabilities"),
            Node("Exp", ["embedding"], "work")),
        properties);

    /// <summary>
    /// The average of each channel, <c>embedding</c> [N, 3], that runs for ever unless every image is black: the loop goes on while the
    /// largest number is not 0.
    /// </summary>
    public static byte[] EndlessUnlessBlack()
    {
        byte[] body =
        [
            .. Field(1, Node("Identity", ["goesOn"], "goesOnStill")),
            .. Field(1, Node("Identity", ["before"], "after")),
            .. Field(2, "body"u8.ToArray()),
            .. Field(11, Input("round", Int64)),
            .. Field(11, Input("goesOn", Boolean)),
            .. Field(11, Input("before", Float, 0, 3)),
            .. Field(12, Input("goesOnStill", Boolean)),
            .. Field(12, Input("after", Float, 0, 3)),
        ];
        byte[] toBoolean = Field(5, [.. Field(1, "to"u8.ToArray()), .. Number(3, Boolean), .. Number(20, 2)]);
        byte[] loopBody = Field(5, [.. Field(1, "body"u8.ToArray()), .. Field(6, body), .. Number(20, 5)]);
        return Build(
            [Input("input", Float, 0, 3, 4, 4)],
            ["embedding"],
            Node("ReduceMax", ["input"], "largest"),
            Node("Squeeze", ["largest"], "scalar"),
            [.. Node("Cast", ["scalar"], "isLit"), .. toBoolean],
            Node("GlobalAveragePool", ["input"], "pool"),
            Node("Flatten", ["pool"], "means"),
            [.. Node("Loop", ["", "isLit", "means"], "embedding"), .. loopBody]);
    }

    /// <summary>The average of each channel, less 77, and 1 over that: infinite where a channel is 77 throughout.</summary>
    public static byte[] InfiniteAt77() =>
    [
        .. Build(
            [Input("input", Float, 0, 3, 4, 4)],
            ["embedding"],
            Node("GlobalAveragePool", ["input"], "pool"),
            Node("Sub", ["pool", "bound"], "difference"),
            Node("Reciprocal", ["difference"], "embedding")),
        .. Weights("bound", 77),
    ];

    /// <summary>The same, with a second output <c>sum</c> [N, 3] of that and the average.</summary>
    public static byte[] InfiniteAt77WithSum() =>
    [
        .. Build(
            [Input("input", Float, 0, 3, 4, 4)],
            ["embedding", "sum"],
            Node("GlobalAveragePool", ["input"], "pool"),
            Node("Sub", ["pool", "bound"], "difference"),
            Node("Reciprocal", ["difference"], "embedding"),
            Node("Add", ["embedding", "pool"], "sum")),
        .. Weights("bound", 77),
    ];

    /// <summary>
    /// The average of each channel of <c>embedding</c>, after functions of which each calls the one before twice, and the first
    /// itself where it is to be endless.
    /// </summary>
    public static byte[] Functions(int count, bool endless)
    {
        byte[] Call(int function, string input, string output) => [.. Node($"f{function}", [input], output), .. Field(7, "tests"u8.ToArray())];
        byte[] Function(int number, params byte[][] nodes) => Field(25,
        [
            .. Field(1, Encoding.UTF8.GetBytes($"f{number}")), .. Field(4, "x"u8.ToArray()), .. Field(5, "y"u8.ToArray()),
            .. nodes.SelectMany(node => Field(7, node)),
            .. Field(9, [.. Field(1, []), .. Number(2, 13)]), .. Field(9, [.. Field(1, "tests"u8.ToArray()), .. Number(2, 1)]),
            .. Field(10, "tests"u8.ToArray()),
        ]);
        byte[] main = Build([Input("input", Float, 0, 3, 4, 4)], ["embedding"], Call(count - 1, "input", "same"), Node("GlobalAveragePool", ["same"], "embedding"));
        IEnumerable<byte> functions = Enumerable.Range(1, count - 1).SelectMany(i => Function(i, Call(i - 1, "x", "t"), Call(i - 1, "t", "y")));
        return
        [
            .. main, .. Field(8, [.. Field(1, "tests"u8.ToArray()), .. Number(2, 1)]),
            .. Function(0, endless ? Call(0, "x", "y") : Node("Identity", ["x"], "y")), .. functions,
        ];
    }

    /// <summary>A node whose attribute holds a graph with a node whose attribute holds a graph, and so on.</summary>
    public static byte[] GraphsWithinGraphs(int count)
    {
        byte[] node = Node("Identity", ["input"], "output");
        for (int i = 0; i < count; i++)
        {
            node = [.. Node("If", ["input"], "output"), .. Field(5, Field(6, Field(1, node)))];
        }

        return Build([Input("input", Float, 0, 3, 4, 4)], ["output"], node);
    }

    /// <summary>Behind a model, adds metadata properties.</summary>
    public static byte[] WithProperties(byte[] model, IReadOnlyDictionary<string, string> properties) =>
        [.. model, .. properties.SelectMany(entry => Field(14, [.. Field(1, Encoding.UTF8.GetBytes(entry.Key)), .. Field(2, Encoding.UTF8.GetBytes(entry.Value))]))];

    public static byte[] Build(byte[][] inputs, string[] outputs, params byte[][] nodes)
    {
        byte[] graph =
        [
            .. nodes.SelectMany(node => Field(1, node)),
            .. Field(2, Encoding.UTF8.GetBytes("tiny")),
            .. inputs.SelectMany(input => Field(11, input)),
            .. outputs.SelectMany(output => Field(12, Field(1, Encoding.UTF8.GetBytes(output)))),
        ];
        byte[] opset = [.. Field(1, []), .. Number(2, 13)];
        return [.. Number(1, 8), .. Field(7, graph), .. Field(8, opset)];
    }

    public static byte[] Node(string type, string[] inputs, string output) =>
    [
        .. inputs.SelectMany(input => Field(1, Encoding.UTF8.GetBytes(input))),
        .. Field(2, Encoding.UTF8.GetBytes(output)),
        .. Field(4, Encoding.UTF8.GetBytes(type)),
    ];

    /// <summary>An input; a side of 0 is one of any length.</summary>
    public static byte[] Input(string name, int elementType, params int[] shape) =>
        InputOfSides(name, elementType, [.. shape.Select(side => side > 0 ? Number(1, side) : Field(2, Encoding.UTF8.GetBytes("N")))]);

    /// <summary>An input whose first side is any number at all.</summary>
    public static byte[] InputOfBatch(string name, long batch, params int[] shape) =>
        InputOfSides(name, Float, [Number(1, batch), .. shape.Select(side => Number(1, side))]);

    private static byte[] InputOfSides(string name, int elementType, byte[][] dimensions)
    {
        IEnumerable<byte> sides = dimensions.SelectMany(side => Field(1, side));
        byte[] tensor = [.. Number(1, elementType), .. Field(2, [.. sides])];
        return [.. Field(1, Encoding.UTF8.GetBytes(name)), .. Field(2, Field(1, tensor))];
    }

    /// <summary>Behind a model, adds weights of the shape [numbers].</summary>
    public static byte[] Weights(string name, params float[] numbers) => Field(7, Field(5,
    [
        .. Number(1, numbers.Length), .. Number(2, Float), .. Field(8, Encoding.UTF8.GetBytes(name)), .. Field(9, [.. numbers.SelectMany(BitConverter.GetBytes)]),
    ]));

    /// <summary>Behind a model, adds a single number.</summary>
    public static byte[] Scalar(string name, float number) => Field(7, Field(5,
    [
        .. Number(2, Float), .. Field(8, Encoding.UTF8.GetBytes(name)), .. Field(9, BitConverter.GetBytes(number)),
    ]));

    /// <summary>Behind a node, adds an attribute that is a number.</summary>
    public static byte[] Integer(string name, int value) => Field(5, [.. Field(1, Encoding.UTF8.GetBytes(name)), .. Number(3, value), .. Number(20, 2)]);

    /// <summary>Behind a node, adds an attribute of numbers.</summary>
    public static byte[] Integers(string name, params int[] values) =>
        Field(5, [.. Field(1, Encoding.UTF8.GetBytes(name)), .. values.SelectMany(value => Number(8, value)), .. Number(20, 7)]);

    /// <summary>Behind a model, adds weights that say they are of the shape [size] and hold three numbers.</summary>
    public static byte[] WeightsOfSize(string name, long size) => Field(7, Field(5,
    [
        .. Number(1, size), .. Number(2, Float), .. Field(8, Encoding.UTF8.GetBytes(name)), .. Field(9, new byte[12]),
    ]));

    /// <summary>Behind a model, adds weights of the shape [1, 3, 1, 1] whose numbers are in another file.</summary>
    public static byte[] ExternalWeights(string name, string file, string? offset = null, string? length = null)
    {
        byte[] Entry(string key, string? value) => value is null ? [] : Field(13, [.. Field(1, Encoding.UTF8.GetBytes(key)), .. Field(2, Encoding.UTF8.GetBytes(value))]);
        byte[] tensor =
        [
            .. Number(1, 1), .. Number(1, 3), .. Number(1, 1), .. Number(1, 1), .. Number(2, Float),
            .. Field(8, Encoding.UTF8.GetBytes(name)), .. Entry("location", file), .. Entry("offset", offset), .. Entry("length", length), .. Number(14, 1),
        ];
        return Field(7, Field(5, tensor));
    }

    private static byte[] Field(int number, byte[] content) => [.. Varint((number << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Number(int number, long value) => [.. Varint(number << 3), .. Varint(value)];

    private static IEnumerable<byte> Varint(long value)
    {
        ulong rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            yield return (byte)(rest | 0x80);
        }

        yield return (byte)rest;
    }
}
