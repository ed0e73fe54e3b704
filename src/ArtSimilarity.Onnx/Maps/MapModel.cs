using System.Buffers;
using System.Numerics.Tensors;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx.Extraction;
using ArtSimilarity.Onnx.Preprocessing;
using Microsoft.ML.OnnxRuntime;

namespace ArtSimilarity.Onnx.Maps;

/// <summary>
/// A model cut in two at its average pooling: the part in front of it, which runs in ONNX Runtime at any input size, and the layers behind,
/// which are evaluated here.
/// </summary>
/// <remarks>Safe to call from several threads at once. Disposing while calls are under way lets them finish first.</remarks>
internal sealed class MapModel : IDisposable
{
    /// <summary>Rounding alone makes a difference of less than a hundredth of this.</summary>
    private const float Tolerance = 1e-3f;

    private const int ProbeSide = 64;

    private readonly string _name;
    private readonly ImagePreprocessing _preprocessing;
    private readonly FeatureSpace _space;
    private readonly string _inputName;
    private readonly HeadPath _path;
    private readonly string[] _outputNames;
    private readonly InferenceSession _session;
    private readonly PoolingHead _head;
    private readonly Lock _lock = new();
    private int _active;
    private bool _disposed;

    /// <summary>Cuts a model, and runs both parts once to see that together they give what the whole gives.</summary>
    /// <param name="model">The model's bytes.</param>
    /// <param name="whole">The model as it is run otherwise.</param>
    /// <param name="space">The space of its signatures.</param>
    /// <param name="options">How it is run.</param>
    /// <exception cref="FeatureMapNotSupportedException">The model cannot be cut so.</exception>
    public MapModel(OnnxModel model, ImageModel whole, FeatureSpace space, OnnxModelOptions options)
    {
        _name = model.Name;
        _preprocessing = whole.Preprocessing;
        _space = space;
        _inputName = whole.InputName;
        if (_preprocessing.ResizePolicy != ResizePolicy.Squash)
        {
            throw new FeatureMapNotSupportedException(
                _name, $"its preprocessing has the ResizePolicy {_preprocessing.ResizePolicy}; a map covers the whole image, and nothing else, only with {ResizePolicy.Squash}.");
        }

        var graph = new NodeGraph(model.Bytes, _inputName);
        _path = HeadPath.Find(graph, whole.Output, _name);
        _outputNames = [.. _path.Maps.Select((_, i) => NodeGraph.OutputName(i))];
        IReadOnlyDictionary<string, ConstantTensor> constants = ReadConstants(graph, model, options);
        _session = CreateSession(model, graph.Cut([.. _path.Maps.Select(map => map.Tensor)], (_inputName, _preprocessing.Layout == TensorLayout.Nhwc)), options);
        try
        {
            using RgbImage probe = Probe();
            FeatureMap[] maps = Run(probe, null, CancellationToken.None);
            int length = maps.Sum(map => map.Dimensions);
            List<HeadStage> stages = [];
            foreach (GraphNode node in _path.Nodes)
            {
                stages.Add(HeadStages.Create(node, length, constants, _name));
                length = stages[^1].Length;
            }

            _head = new PoolingHead(stages);
            Compare(whole, probe, maps, length);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>The maps that are pooled, for an image resized to a size.</summary>
    /// <param name="image">The image.</param>
    /// <param name="size">The size; <see langword="null"/> for the model's own.</param>
    /// <param name="cancellationToken">Cancels between two operators.</param>
    public FeatureMap[] Extract(RgbImage image, ImageSize? size, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _active++;
        }

        try
        {
            return Run(image, size, cancellationToken);
        }
        finally
        {
            lock (_lock)
            {
                _active--;
                if (_disposed && _active == 0)
                {
                    _session.Dispose();
                }
            }
        }
    }

    /// <summary>The signature of a region, not normalised.</summary>
    public float[] Signature(FeatureMap[] maps, ImageRegion region) => _head.Apply(Pool(maps, region));

    /// <summary>The parts of the signature of a region.</summary>
    public SignatureDecomposition Decompose(FeatureMap[] maps, ImageRegion region, CancellationToken cancellationToken)
    {
        float[] pooled = Pool(maps, region);
        IReadOnlyList<AffineStage> stages = _head.At(pooled);
        float[] bias = new float[pooled.Length];
        foreach (AffineStage stage in stages)
        {
            float[] output = new float[stage.Length];
            stage.Apply(bias, output);
            bias = output;
        }

        List<FeatureMap> parts = [];
        int start = 0;
        foreach (FeatureMap map in maps)
        {
            parts.Add(Parts(map, map.WeightsOf(region), start, pooled.Length, stages, cancellationToken));
            start += map.Dimensions;
        }

        return new SignatureDecomposition(_space, parts, bias);
    }

    /// <summary>Frees the model once no call is under way.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!_disposed && _active == 0)
            {
                _session.Dispose();
            }

            _disposed = true;
        }
    }

    private static float[] Pool(FeatureMap[] maps, ImageRegion region)
    {
        float[] pooled = new float[maps.Sum(map => map.Dimensions)];
        int start = 0;
        foreach (FeatureMap map in maps)
        {
            map.Average(region, pooled.AsSpan(start, map.Dimensions));
            start += map.Dimensions;
        }

        return pooled;
    }

    /// <summary>Noise, so that every channel has something to tell; the same each time.</summary>
    private static RgbImage Probe()
    {
        var image = new RgbImage(ProbeSide, ProbeSide);
        uint state = 1;
        foreach (ref byte value in image.Pixels)
        {
            state = (state * 1664525) + 1013904223;
            value = (byte)(state >> 24);
        }

        return image;
    }

    /// <summary>Sends the weighted vector of each position through the layers without their biases.</summary>
    private static FeatureMap Parts(FeatureMap map, float[] weights, int start, int length, IReadOnlyList<AffineStage> stages, CancellationToken cancellationToken)
    {
        int dimensions = stages.Count > 0 ? stages[^1].Length : length;
        float[] values = new float[map.Positions * dimensions];
        float[] input = new float[length];
        float[][] outputs = [.. stages.Select(stage => new float[stage.Length])];
        for (int position = 0; position < map.Positions; position++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (weights[position] == 0)
            {
                continue;
            }

            TensorPrimitives.Multiply(map.At(position), weights[position], input.AsSpan(start, map.Dimensions));
            float[] vector = input;
            for (int i = 0; i < stages.Count; i++)
            {
                stages[i].ApplyLinear(vector, outputs[i]);
                vector = outputs[i];
            }

            vector.CopyTo(values, position * dimensions);
        }

        return new FeatureMap(map.Width, map.Height, dimensions, values);
    }

    private InferenceSession CreateSession(OnnxModel model, byte[] bytes, OnnxModelOptions options)
    {
        try
        {
            return ImageModel.CreateSession(model, bytes, options);
        }
        catch (OnnxModelException e)
        {
            throw new FeatureMapNotSupportedException(_name, $"a part of it does not load by itself: {e.Reason}", e);
        }
    }

    private Dictionary<string, ConstantTensor> ReadConstants(NodeGraph graph, OnnxModel model, OnnxModelOptions options)
    {
        string[] names = [.. _path.Nodes.SelectMany(node => node.Inputs).Where(name => name.Length > 0 && graph.IsConstant(name)).Distinct(StringComparer.Ordinal)];
        Dictionary<string, ConstantTensor> constants = new(StringComparer.Ordinal);
        if (names.Length == 0)
        {
            return constants;
        }

        using InferenceSession session = CreateSession(model, graph.Cut(names, null), options);
        using RunOptions runOptions = ModelRun.CreateRunOptions();
        using IDisposableReadOnlyCollection<OrtValue> values = session.Run(
            runOptions, Array.Empty<string>(), Array.Empty<OrtValue>(), [.. names.Select((_, i) => NodeGraph.OutputName(i))]);
        for (int i = 0; i < names.Length; i++)
        {
            constants[names[i]] = new ConstantTensor(values[i].GetTensorTypeAndShape().Shape, values[i].GetTensorDataAsSpan<float>().ToArray());
        }

        return constants;
    }

    private FeatureMap[] Run(RgbImage image, ImageSize? size, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ImagePreprocessing preprocessing = size is ImageSize other ? _preprocessing with { InputSize = other } : _preprocessing;
        ImageSize input = preprocessing.InputSize;
        var writer = new TensorWriter(preprocessing);
        float[] pixels = ArrayPool<float>.Shared.Rent(writer.Length);
        try
        {
            writer.Write(image, pixels.AsSpan(0, writer.Length));
            long[] shape = preprocessing.Layout == TensorLayout.Nchw ? [1, 3, input.Height, input.Width] : [1, input.Height, input.Width, 3];
            using OrtValue tensor = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, pixels.AsMemory(0, writer.Length), shape);
            using RunOptions runOptions = ModelRun.CreateRunOptions();
            using CancellationTokenRegistration registration = ModelRun.TerminateOn(runOptions, cancellationToken);
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(runOptions, [_inputName], [tensor], _outputNames);
            return [.. _path.Maps.Select((map, i) => ToMap(outputs[i], map))];
        }
        catch (OnnxRuntimeException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The model was stopped.", e, cancellationToken);
        }
        catch (OnnxRuntimeException e)
        {
            throw new FeatureMapNotSupportedException(_name, $"it does not run on an input of {input} pixels: {e.Message}", e);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(pixels);
        }
    }

    private FeatureMap ToMap(OrtValue value, PooledMap map)
    {
        long[] shape = value.GetTensorTypeAndShape().Shape;
        if (shape is not [1, > 0, > 0, > 0])
        {
            throw new FeatureMapNotSupportedException(_name, $"'{map.Tensor}' in front of the pooling is of the shape [{string.Join(", ", shape)}], which is no map of one image.");
        }

        ReadOnlySpan<float> values = value.GetTensorDataAsSpan<float>();
        if (map.ChannelsLast)
        {
            return new FeatureMap((int)shape[2], (int)shape[1], (int)shape[3], values);
        }

        int channels = (int)shape[1];
        int positions = (int)(shape[2] * shape[3]);
        float[] turned = new float[values.Length];
        for (int channel = 0; channel < channels; channel++)
        {
            ReadOnlySpan<float> plane = values.Slice(channel * positions, positions);
            for (int position = 0; position < positions; position++)
            {
                turned[(position * channels) + channel] = plane[position];
            }
        }

        return new FeatureMap((int)shape[3], (int)shape[2], channels, turned);
    }

    private void Compare(ImageModel whole, RgbImage probe, FeatureMap[] maps, int length)
    {
        float[] expected = new float[_space.Dimensions];
        var reader = new SignatureWriter(whole.Outputs, expected, []);
        RgbImage[] images = [probe];
        whole.Run(images, whole.Outputs, alsoMirrored: false, ref reader, CancellationToken.None);
        float[] actual = Signature(maps, new ImageRegion(0, 0, 1, 1));
        if (length != expected.Length
            || !OnnxFeatureExtractor.TryNormalize(actual)
            || !(TensorPrimitives.Distance<float>(expected, actual) <= Tolerance))
        {
            throw new FeatureMapNotSupportedException(_name, "the average of its map and the layers behind do not give its signature. The pooling may not cover the whole map.");
        }
    }
}
