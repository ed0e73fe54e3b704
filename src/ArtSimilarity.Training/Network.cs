using ArtSimilarity.Training.Networks;
using ArtSimilarity.Training.Running;
using Google.Protobuf;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ArtSimilarity.Training;

/// <summary>
/// A convolutional network that can be changed and trained: read from an ONNX file, cut, given new stages and heads, frozen up to
/// a layer, run, and written back as ONNX.
/// </summary>
/// <remarks>
/// Tensors go by the names of the ONNX file. Operators: Add, AveragePool, BatchNormalization, Clip, Concat, Conv (grouped or not),
/// Dropout, Flatten, Gemm, GlobalAveragePool, MaxPool, Pow, Relu, Softmax. Not safe to use from several threads at once.
/// </remarks>
public sealed class Network : IDisposable
{
    private readonly List<Layer> _layers;
    private readonly List<string> _outputs;
    private readonly HashSet<Layer> _added = [];
    private readonly Dictionary<string, Plan> _plans = new(StringComparer.Ordinal);

    internal Network(string inputName, IEnumerable<Layer> layers, IEnumerable<string> outputs)
    {
        InputName = inputName;
        _layers = [.. layers];
        _outputs = [.. outputs];
    }

    /// <summary>The name of the input: [N, 3, rows, columns], normalised as the model wants it.</summary>
    public string InputName { get; }

    /// <summary>The names of the outputs, in their order.</summary>
    public IReadOnlyList<string> Outputs => _outputs;

    /// <summary>The names of all tensors that layers write, in the order of computation.</summary>
    public IReadOnlyList<string> Tensors => [.. _layers.Select(layer => layer.Output)];

    /// <summary>The metadata of the file it was read from.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; private init; } = new Dictionary<string, string>();

    /// <summary>The numbers that training can change, frozen or not.</summary>
    public long ParameterCount => _layers.SelectMany(layer => layer.Parameters).Sum(parameter => parameter.Value.numel());

    internal IReadOnlyList<Layer> Layers => _layers;

    /// <summary>Reads a network from an ONNX file.</summary>
    /// <param name="path">The file, with its weights inside.</param>
    /// <returns>The network; every parameter can be trained.</returns>
    /// <exception cref="UnsupportedNetworkException">
    /// The file is missing, is no ONNX model, or has an operator, a type or a shape that cannot be trained; the message names it.
    /// </exception>
    public static Network Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var scope = NewDisposeScope(); // see TensorSums
        (string input, List<Layer> layers, List<string> outputs, Dictionary<string, string> properties) = OnnxReader.Read(path);
        return new Network(input, layers, outputs) { Properties = properties };
    }

    /// <summary>Computes tensors.</summary>
    /// <param name="start">The name of the tensor that is given: the input, or any other, whose layers before it are then not run.</param>
    /// <param name="value">Its value; channels last is fastest. Activations have its type (32-bit or brain floats) up to the pooling.</param>
    /// <param name="outputs">The names of the tensors wanted.</param>
    /// <param name="training">Whether the pass is one of training: new batch normalisations use the batch, dropout drops.</param>
    /// <returns>The tensors, in the order of <paramref name="outputs"/>; they belong to the caller.</returns>
    /// <exception cref="ArgumentException">There is no such tensor, or it cannot be computed from <paramref name="start"/>.</exception>
    internal Tensor[] Run(string start, Tensor value, IReadOnlyList<string> outputs, bool training = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(outputs);
        Plan plan = GetPlan(start, outputs);
        bool keepsAll = is_grad_enabled();
        using var scope = NewDisposeScope(); // see TensorSums
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal) { [start] = value };
        foreach (Step step in plan.Steps)
        {
            Tensor[] inputs = Array.ConvertAll(step.Layer.Inputs, name => tensors[name]);
            tensors[step.Layer.Output] = step.Layer.Forward(inputs, training, step.InPlace);
            if (!keepsAll)
            {
                foreach (string name in step.LastReads)
                {
                    tensors[name].Dispose();
                    tensors.Remove(name);
                }
            }
        }

        return [.. outputs.Select(name => scope.MoveToOuter(tensors[name]))];
    }

    /// <summary>Computes tensors from the input.</summary>
    /// <param name="images">[N, 3, rows, columns].</param>
    /// <param name="outputs">The names of the tensors wanted.</param>
    /// <returns>The tensors, in the order of <paramref name="outputs"/>; they belong to the caller.</returns>
    internal Tensor[] Run(Tensor images, params string[] outputs) => Run(InputName, images, outputs);

    /// <summary>Removes every layer that a tensor does not need, and makes it the only output.</summary>
    /// <param name="tensor">The tensor's name.</param>
    /// <exception cref="ArgumentException">There is no such tensor.</exception>
    public void Cut(string tensor)
    {
        HashSet<Layer> needed = [.. GetPlan(InputName, [tensor]).Steps.Select(step => step.Layer)];
        foreach (Layer layer in _layers.Where(layer => !needed.Contains(layer)))
        {
            layer.Dispose();
        }

        _layers.RemoveAll(layer => !needed.Contains(layer));
        _outputs.Clear();
        _outputs.Add(tensor);
        _plans.Clear();
    }

    /// <summary>Gives a tensor another name.</summary>
    /// <param name="tensor">The tensor's name.</param>
    /// <param name="name">The new one.</param>
    /// <exception cref="ArgumentException">There is no such tensor, or the new name is taken.</exception>
    public void Rename(string tensor, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name == InputName || _layers.Any(layer => layer.Output == name))
        {
            throw new ArgumentException($"There is a tensor called '{name}' already.", nameof(name));
        }

        Require(tensor).Output = name;
        foreach (Layer layer in _layers)
        {
            for (int i = 0; i < layer.Inputs.Length; i++)
            {
                layer.Inputs[i] = layer.Inputs[i] == tensor ? name : layer.Inputs[i];
            }
        }

        for (int i = 0; i < _outputs.Count; i++)
        {
            _outputs[i] = _outputs[i] == tensor ? name : _outputs[i];
        }

        _plans.Clear();
    }

    /// <summary>
    /// Multiplies batch normalisations into the convolutions before them, wherever nothing else reads between: the same function
    /// with fewer layers, which trains twice as fast, with the statistics as they are.
    /// </summary>
    /// <returns>How many were folded.</returns>
    public int FoldBatchNormalization()
    {
        Dictionary<string, int> readers = CountReaders();
        int folded = 0;
        for (int i = 0; i < _layers.Count; i++)
        {
            if (_layers[i] is not BatchNormLayer norm
                || _layers.Find(layer => layer.Output == norm.Inputs[0]) is not ConvLayer conv
                || readers[conv.Output] != 1 || _outputs.Contains(conv.Output))
            {
                continue;
            }

            using (no_grad())
            using (NewDisposeScope())
            {
                using Scalar epsilon = norm.Epsilon; // held, see AdamW
                Tensor factor = norm.Scale / norm.Variance.clone().PlusInPlace(epsilon).sqrt();
                Tensor bias = norm.Shift.Plus((conv.Bias is null ? zeros(factor.shape) : conv.Bias).Minus(norm.Mean) * factor);
                _layers[i] = new ConvLayer(norm.Output, conv.Inputs[0], conv.Weight * factor.reshape(-1, 1, 1, 1), bias, conv.Geometry, conv.WeightName, norm.Output + "_bias");
            }

            _layers.Remove(conv);
            conv.Dispose();
            norm.Dispose();
            folded++;
            i--;
        }

        _plans.Clear();
        return folded;
    }

    /// <summary>
    /// Removes channels of the last map: those stay whose filters have the largest sums of absolute weights (Li et al., "Pruning
    /// Filters for Efficient ConvNets", 2017). A smaller and faster network that has to be trained before it is as good again.
    /// </summary>
    /// <param name="map">The map's name: the rectified output of a convolution, which nothing else reads, normalisations folded.</param>
    /// <param name="channels">How many stay.</param>
    /// <exception cref="ArgumentException">The map is missing or another, or something else reads it.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is below 1 or above what there are.</exception>
    public void Narrow(string map, int channels)
    {
        if (Require(map) is not ClipLayer clip || _layers.Find(layer => layer.Output == clip.Inputs[0]) is not ConvLayer { Bias: not null, Geometry.Groups: 1 } conv
            || CountReaders() is var readers && (readers.ContainsKey(map) || readers[conv.Output] != 1))
        {
            throw new ArgumentException($"'{map}' cannot be narrowed: it must be the rectified output of a convolution with its normalisation folded, and read by nothing else.", nameof(map));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, conv.Weight.shape[0], nameof(channels));
        using (no_grad())
        using (NewDisposeScope())
        {
            float[] sums = conv.Weight.abs().sum([1L, 2L, 3L]).data<float>().ToArray();
            long[] kept = [.. sums.Index().OrderByDescending(sum => sum.Item).Take(channels).Select(sum => (long)sum.Index).Order()];
            Tensor places = tensor(kept);
            _layers[_layers.IndexOf(conv)] = new ConvLayer(conv.Output, conv.Inputs[0], conv.Weight.index_select(0, places), conv.Bias.index_select(0, places), conv.Geometry, conv.WeightName, conv.BiasName);
        }

        conv.Dispose();
        _plans.Clear();
    }

    /// <summary>
    /// Adds one stage of pre-activation bottlenecks (He et al., "Identity Mappings in Deep Residual Networks", 2016), with new
    /// weights (He et al., 2015). It follows its map as conv5_x follows conv4_x in ResNet50 v2: 1024 → 2048 channels, half the rows
    /// and columns.
    /// </summary>
    /// <param name="input">The normalised, rectified map it works on; <paramref name="output"/> replaces it as the output.</param>
    /// <param name="output">The name of the stage's map, normalised and rectified.</param>
    /// <param name="name">What the names of its tensors begin with.</param>
    /// <param name="blocks">How many bottlenecks.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <exception cref="ArgumentException">There is no such tensor, no convolution before it tells its channels, or a name is taken.</exception>
    public void AddBottleneckStage(string input, string output, string name = "conv5", int blocks = 3, long seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1);
        using var scope = NewDisposeScope(); // see TensorSums
        Append(BottleneckStage.Create(Channels(input), input, output, name, blocks, seed));
        _outputs.Clear();
        _outputs.Add(output);
        _plans.Clear();
    }

    /// <summary>
    /// Adds the heads. Global average pooling of a map (or of several, then normalised) leads to a fully connected layer, whose
    /// output is the signature <c>embedding</c>. For each target a fully connected layer <c>logits…</c> and its softmax
    /// <c>probabilities…</c> follow.
    /// </summary>
    /// <param name="map">The map's name.</param>
    /// <param name="head">Sizes and targets.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <exception cref="ArgumentException">There is no such tensor, or a name is taken.</exception>
    public void AddHead(string map, ClassifierHead head, long seed = 1)
    {
        ArgumentNullException.ThrowIfNull(head);
        using var scope = NewDisposeScope(); // see TensorSums
        Append(head.CreateLayers(map, Channels, seed));
        _outputs.Clear();
        _outputs.AddRange([ClassifierHead.EmbeddingName, .. head.Targets.Select((_, i) => head.ProbabilitiesName(i)), map]);
        _plans.Clear();
    }

    /// <summary>
    /// Adds a second signature, the output <c>work</c>: generalised-mean pooling of a map (or of several), a normalisation and a fully
    /// connected layer.
    /// </summary>
    /// <param name="map">The map's name; its numbers must not be below 0, or count as 0.</param>
    /// <param name="head">Its sizes.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <exception cref="ArgumentException">There is no such tensor, or the network has such a signature.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value of <paramref name="head"/> is out of its range.</exception>
    public void AddWorkHead(string map, WorkHead head, long seed = 1)
    {
        ArgumentNullException.ThrowIfNull(head);
        using var scope = NewDisposeScope(); // see TensorSums
        foreach (string source in (IEnumerable<string>)[map, .. head.FurtherMaps])
        {
            Require(source);
        }

        Append(head.CreateLayers(map, Channels, seed));
        int last = _outputs.IndexOf(map);
        _outputs.Insert(last < 0 ? _outputs.Count : last, WorkHead.OutputName);
        _plans.Clear();
    }

    /// <summary>Freezes what comes before a tensor, and lets everything after it be trained.</summary>
    /// <param name="tensor">The tensor's name; the input's trains everything.</param>
    /// <exception cref="ArgumentException">There is no such tensor.</exception>
    public void FreezeBefore(string tensor)
    {
        HashSet<Layer> frozen = tensor == InputName ? [] : [.. GetPlan(InputName, [tensor]).Steps.Select(step => step.Layer)];
        foreach (Layer layer in _layers)
        {
            foreach ((_, Parameter parameter) in layer.Parameters)
            {
                parameter.requires_grad = !frozen.Contains(layer);
            }
        }
    }

    /// <summary>Writes the network as an ONNX file; the file appears whole or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="properties">The metadata, for example of <c>TrainedModelInfo.ToProperties</c>.</param>
    /// <param name="documentation">What the model is, in a sentence.</param>
    /// <param name="inputSide">Rows and columns of the input, 224 by default.</param>
    /// <param name="halfPrecision">Whether weights are stored with 16 bits: half the file, the same speed, and signatures that agree to a cosine of about 1 − 10⁻⁶.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, IReadOnlyDictionary<string, string>? properties = null, string documentation = "", int inputSide = 224, bool halfPrecision = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var scope = NewDisposeScope(); // see TensorSums
        var writer = new OnnxWriter(halfPrecision);
        foreach (Layer layer in GetPlan(InputName, _outputs).Steps.Select(step => step.Layer))
        {
            layer.Write(writer);
        }

        ModelProto(path + ".tmp", writer.Build(InputName, (inputSide, inputSide), _outputs, documentation, properties ?? Properties));
        File.Move(path + ".tmp", path, overwrite: true);

        static void ModelProto(string path, Schema.ModelProto model)
        {
            using FileStream file = File.Create(path);
            model.WriteTo(file);
            file.Flush(flushToDisk: true);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _layers.ForEach(layer => layer.Dispose());

    /// <summary>Refuses tensors that cannot be computed from <paramref name="start"/> alone.</summary>
    internal void RequirePath(string start, IReadOnlyList<string> outputs) => GetPlan(start, outputs);

    /// <summary>Whether there is a tensor and some others can be computed from it alone.</summary>
    internal bool HasPath(string start, IReadOnlyList<string> outputs)
    {
        if (!_layers.Exists(layer => layer.Output == start))
        {
            return false;
        }

        try
        {
            GetPlan(start, outputs);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Whether a layer was added to what was read: its weights are new.</summary>
    internal bool IsAdded(Layer layer) => _added.Contains(layer);

    /// <summary>The layers that a tensor needs.</summary>
    internal IEnumerable<Layer> LayersBefore(string tensor) => GetPlan(InputName, [tensor]).Steps.Select(step => step.Layer);

    private void Append(IEnumerable<Layer> layers)
    {
        Layer[] added = [.. layers];
        if (added.FirstOrDefault(layer => layer.Output == InputName || _layers.Any(other => other.Output == layer.Output)) is { } taken)
        {
            Array.ForEach(added, layer => layer.Dispose());
            throw new ArgumentException($"There is a tensor called '{taken.Output}' already.", nameof(layers));
        }

        _layers.AddRange(added);
        _added.UnionWith(added);
    }

    /// <summary>The channels of a map, or the length of a vector.</summary>
    internal long Channels(string tensor)
    {
        for (string name = tensor; name != InputName;)
        {
            Layer layer = Require(name);
            switch (layer)
            {
                case ConvLayer conv:
                    return conv.Weight.shape[0];
                case BatchNormLayer norm:
                    return norm.Scale.numel();
                case GemmLayer linear:
                    return linear.Weight.shape[0];
                case ConcatLayer:
                    return layer.Inputs.Sum(Channels);
                default:
                    name = layer.Inputs[0];
                    break;
            }
        }

        return 3;
    }

    private Layer Require(string tensor) => _layers.Find(layer => layer.Output == tensor)
        ?? throw new ArgumentException($"The network has no tensor called '{tensor}'. Its last ones: {string.Join(", ", _layers.TakeLast(5).Select(layer => layer.Output))}.", nameof(tensor));

    private Dictionary<string, int> CountReaders() =>
        _layers.SelectMany(layer => layer.Inputs).GroupBy(name => name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    private Plan GetPlan(string start, IReadOnlyList<string> outputs)
    {
        string key = $"{start}\n{string.Join('\n', outputs)}";
        if (_plans.TryGetValue(key, out Plan? known))
        {
            return known;
        }

        HashSet<string> needed = [.. outputs];
        foreach (string output in outputs.Where(output => output != start && output != InputName))
        {
            Require(output);
        }

        List<Layer> layers = [];
        for (int i = _layers.Count - 1; i >= 0; i--)
        {
            if (_layers[i].Output != start && needed.Contains(_layers[i].Output))
            {
                layers.Insert(0, _layers[i]);
                needed.UnionWith(_layers[i].Inputs);
            }
        }

        if (start != InputName && needed.Contains(InputName))
        {
            throw new ArgumentException($"Of {string.Join(", ", outputs)} something depends on '{InputName}' other than through '{start}'.", nameof(start));
        }

        Dictionary<string, int> reads = layers.SelectMany(layer => layer.Inputs).GroupBy(name => name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        Dictionary<string, Layer> writers = layers.ToDictionary(layer => layer.Output, StringComparer.Ordinal);
        Dictionary<string, int> left = new(reads, StringComparer.Ordinal);
        List<Step> steps = [];
        foreach (Layer layer in layers)
        {
            List<string> lastReads = [];
            foreach (string input in layer.Inputs)
            {
                if (--left[input] == 0 && input != start && !outputs.Contains(input))
                {
                    lastReads.Add(input);
                }
            }

            // Whoever needs its own output for the gradient must not have it overwritten; convolution, normalisation and sum do not.
            bool inPlace = layer.CanWorkInPlace && reads[layer.Inputs[0]] == 1 && !outputs.Contains(layer.Inputs[0])
                && writers.GetValueOrDefault(layer.Inputs[0]) is ConvLayer or BatchNormLayer or AddLayer;
            steps.Add(new Step(layer, inPlace, lastReads));
        }

        return _plans[key] = new Plan(steps);
    }

    private sealed record Step(Layer Layer, bool InPlace, List<string> LastReads);

    private sealed record Plan(List<Step> Steps);
}
