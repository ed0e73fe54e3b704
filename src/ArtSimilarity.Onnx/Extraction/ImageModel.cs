using ArtSimilarity.Imaging;
using Microsoft.ML.OnnxRuntime;

namespace ArtSimilarity.Onnx;

/// <summary>A loaded image model of which one tensor is read: images in, the numbers of that tensor out.</summary>
/// <remarks>
/// Safe to call from several threads at once: each brings its own buffers. Disposing while calls are under way lets them finish
/// first.
/// </remarks>
internal sealed class ImageModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly ModelInput _input;
    private readonly TensorWriter _writer;
    private readonly int _batchSize;

    // Lives as long as the session: options that are collected while a run still reads them crash the process.
    private readonly RunOptions _runOptions = new();
    private readonly Stack<BatchBuffers> _idle = new();
    private readonly Lock _lock = new();
    private int _active;
    private bool _disposed;

    /// <summary>Loads a model and runs it once on an empty image, to learn the shape of its output.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="outputName">The tensor to read, an output or inside the graph; <see langword="null"/> for its usual one.</param>
    public ImageModel(OnnxModel model, OnnxModelOptions options, string? outputName)
    {
        Name = model.Name;
        Preprocessing = options.Preprocessing ?? model.Describe(options)?.Preprocessing ?? model.Info?.Preprocessing ?? ImagePreprocessing.ImageNet;
        _writer = new TensorWriter(Preprocessing);
        (string chosen, bool isInner) = ModelOutput.Choose(model.Graph, outputName, Name);
        _session = CreateSession(model, isInner ? OnnxGraph.AppendOutput(model.Bytes, chosen) : model.Bytes, options);
        try
        {
            _input = ModelInput.Check(_session, Name, Preprocessing);
            _batchSize = _input.FixedBatchSize > 0 ? _input.FixedBatchSize : options.MaxBatchSize;
            Output = Probe(chosen);
        }
        catch
        {
            _runOptions.Dispose();
            _session.Dispose();
            throw;
        }
    }

    public string Name { get; }

    public ImagePreprocessing Preprocessing { get; }

    /// <summary>The tensor that is read.</summary>
    public ModelOutput Output { get; }

    /// <summary>Refuses options that are out of their range.</summary>
    public static void ThrowUnlessValid(OnnxModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBatchSize, 1, "options.MaxBatchSize");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxBatchSize, 1024, "options.MaxBatchSize");
        ArgumentOutOfRangeException.ThrowIfNegative(options.IntraOpThreads, "options.IntraOpThreads");
    }

    /// <summary>Runs the model on images.</summary>
    /// <typeparam name="TReader">What takes the results; a structure, so that it can hold spans.</typeparam>
    /// <param name="images">The images, of any size.</param>
    /// <param name="alsoMirrored">Whether each image is run a second time, left and right exchanged.</param>
    /// <param name="reader">Takes the results, image by image; of each image the mirrored one after the other.</param>
    /// <param name="cancellationToken">Cancels between batches.</param>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="OnnxModelException">The model failed.</exception>
    public void Run<TReader>(ReadOnlySpan<RgbImage> images, bool alsoMirrored, ref TReader reader, CancellationToken cancellationToken)
        where TReader : IOutputReader, allows ref struct
    {
        BatchBuffers buffers = Enter();
        try
        {
            for (int start = 0; start < images.Length; start += _batchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = Math.Min(_batchSize, images.Length - start);
                for (int i = 0; i < count; i++)
                {
                    _writer.Write(images[start + i], buffers.Input(i));
                }

                Run(buffers, count);
                Read(buffers, start, count, isMirrored: false, ref reader);
                if (alsoMirrored)
                {
                    for (int i = 0; i < count; i++)
                    {
                        _writer.Mirror(buffers.Input(i));
                    }

                    Run(buffers, count);
                    Read(buffers, start, count, isMirrored: true, ref reader);
                }
            }
        }
        finally
        {
            Leave(buffers);
        }
    }

    /// <summary>Frees the model once no call is under way.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            if (_active == 0)
            {
                Free();
            }
        }
    }

    private static InferenceSession CreateSession(OnnxModel model, byte[] bytes, OnnxModelOptions options)
    {
        using var session = new SessionOptions
        {
            IntraOpNumThreads = options.IntraOpThreads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
        if (model.Folder is not null)
        {
            session.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", model.Folder);
        }

        options.ConfigureSession?.Invoke(session);
        try
        {
            return new InferenceSession(bytes, session);
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxModelException(model.Name, $"ONNX Runtime cannot load it: {e.Message}", e);
        }
    }

    private static void Read<TReader>(BatchBuffers buffers, int start, int count, bool isMirrored, ref TReader reader)
        where TReader : IOutputReader, allows ref struct
    {
        for (int i = 0; i < count; i++)
        {
            reader.Read(start + i, isMirrored, buffers.Output(i));
        }
    }

    private long[] InputShape(int batchSize)
    {
        ImageSize size = Preprocessing.InputSize;
        return Preprocessing.Layout == TensorLayout.Nchw
            ? [batchSize, 3, size.Height, size.Width]
            : [batchSize, size.Height, size.Width, 3];
    }

    private ModelOutput Probe(string outputName)
    {
        int batchSize = Math.Max(1, _input.FixedBatchSize);
        float[] pixels = new float[checked(_writer.Length * batchSize)];
        try
        {
            using var input = OrtValue.CreateTensorValueFromMemory(pixels, InputShape(batchSize));
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_runOptions, [_input.Name], [input], [outputName]);
            OrtValue output = outputs[0];
            if (!output.IsTensor || output.GetTensorTypeAndShape() is not { ElementDataType: Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float } type)
            {
                string actual = output.IsTensor ? output.GetTensorTypeAndShape().ElementDataType.ToString() : output.OnnxType.ToString();
                throw new OnnxModelException(Name, $"its tensor '{outputName}' is of type {actual}; only tensors of 32-bit floats are supported.");
            }

            return ModelOutput.FromShape(outputName, type.Shape, batchSize, Preprocessing.Layout, Name);
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxModelException(Name, $"fails on an input of shape {ModelInput.Text(InputShape(batchSize))}: {e.Message}", e);
        }
    }

    private void Run(BatchBuffers buffers, int count)
    {
        try
        {
            // A model of a fixed batch size runs on all its places; those behind the last image are not looked at.
            buffers.Run(_runOptions, _input.FixedBatchSize > 0 ? _batchSize : count);
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxModelException(Name, $"failed on a batch of {count} images: {e.Message}", e);
        }
    }

    private BatchBuffers Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            BatchBuffers buffers = _idle.Count > 0
                ? _idle.Pop()
                : new BatchBuffers(_session, _input.Name, _writer.Length, InputShape, Output, _batchSize);
            _active++;
            return buffers;
        }
    }

    private void Leave(BatchBuffers buffers)
    {
        lock (_lock)
        {
            _idle.Push(buffers);
            _active--;
            if (_disposed && _active == 0)
            {
                Free();
            }
        }
    }

    private void Free()
    {
        while (_idle.TryPop(out BatchBuffers? buffers))
        {
            buffers.Dispose();
        }

        _runOptions.Dispose();
        _session.Dispose();
    }
}
