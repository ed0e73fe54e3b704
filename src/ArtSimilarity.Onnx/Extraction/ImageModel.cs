using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx.Preprocessing;
using Microsoft.ML.OnnxRuntime;

namespace ArtSimilarity.Onnx.Extraction;

/// <summary>A loaded image model of which one tensor is read, or more outputs beside it: images in, the numbers of these tensors out.</summary>
/// <remarks>
/// Safe to call from several threads at once: each brings its own run. Disposing while calls are under way lets them finish
/// first.
/// </remarks>
internal sealed class ImageModel : IDisposable
{
    /// <summary>The largest number of images in a run; also the largest that a model may demand.</summary>
    public const int LargestBatch = 1024;

    private static readonly TimeSpan LoadTimeLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LoopTimeLimit = TimeSpan.FromSeconds(2);

    private readonly InferenceSession _session;
    private readonly ModelInput _input;
    private readonly TensorWriter _writer;
    private readonly int _batchSize;
    private readonly List<ModelRun> _idle = [];
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
        Id = model.Id;
        Preprocessing = options.Preprocessing ?? model.Describe(options)?.Preprocessing ?? model.Info?.Preprocessing ?? ImagePreprocessing.ImageNet;
        _writer = new TensorWriter(Preprocessing);
        (string chosen, bool isInner) = ModelOutput.Choose(model.Graph, outputName, Name);
        _session = CreateSession(model, isInner ? OnnxGraph.AppendOutput(model.Bytes, chosen) : model.Bytes, options);
        try
        {
            _input = ModelInput.Check(_session, Name, Preprocessing);
            _batchSize = _input.FixedBatchSize > 0 ? _input.FixedBatchSize : options.MaxBatchSize;
            ThrowIfTooLarge(_writer.Length, "input", _input.Name);
            Outputs = [Probe(chosen, options.LoadTimeLimit ?? (model.Graph.HasLoop ? LoopTimeLimit : LoadTimeLimit))];
            ThrowIfTooLarge(Output.Length, "tensor", chosen);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    public string Name { get; }

    /// <summary>The model's name and the beginning of its SHA-256.</summary>
    public string Id { get; }

    /// <summary>The model's only input.</summary>
    public string InputName => _input.Name;

    public ImagePreprocessing Preprocessing { get; }

    /// <summary>The tensor that is read.</summary>
    public ModelOutput Output => Outputs[0];

    /// <summary>The same alone, for <see cref="Run"/>.</summary>
    public ModelOutput[] Outputs { get; }

    /// <summary>Whether a run can give what another one reads: both are of one file, and the images become the same input.</summary>
    public bool Gives(ImageModel other) => other == this
        || (other.Id == Id && other.Preprocessing == Preprocessing && _session.OutputNames.Contains(other.Output.Name) && (long)other.Output.Length * _batchSize <= Array.MaxLength);

    /// <summary>Refuses options that are out of their range.</summary>
    public static void ThrowUnlessValid(OnnxModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
    }

    /// <summary>Runs the model on images and reads one or several of its outputs.</summary>
    /// <typeparam name="TReader">What takes the results.</typeparam>
    /// <param name="images">The images, of any size.</param>
    /// <param name="outputs">What is read: <see cref="Output"/> of this one and of others that it <see cref="Gives"/>.</param>
    /// <param name="alsoMirrored">Whether each image is run a second time, left and right exchanged.</param>
    /// <param name="reader">Takes the results, image by image, of each the tensors in their order.</param>
    /// <param name="cancellationToken">Cancels between images, and between two operators of the model.</param>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="OnnxModelException">The model failed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public void Run<TReader>(ReadOnlySpan<RgbImage> images, ModelOutput[] outputs, bool alsoMirrored, ref TReader reader, CancellationToken cancellationToken)
        where TReader : IOutputReader, allows ref struct
    {
        ModelRun run = Enter(outputs);
        try
        {
            for (int start = 0; start < images.Length; start += _batchSize)
            {
                int count = Math.Min(_batchSize, images.Length - start);
                for (int i = 0; i < count; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    _writer.Write(images[start + i], run.Input(i));
                }

                Run(run, count, cancellationToken);
                Read(run, outputs.Length, start, count, isMirrored: false, ref reader);
                if (alsoMirrored)
                {
                    for (int i = 0; i < count; i++)
                    {
                        _writer.Mirror(run.Input(i));
                    }

                    Run(run, count, cancellationToken);
                    Read(run, outputs.Length, start, count, isMirrored: true, ref reader);
                }
            }
        }
        finally
        {
            Leave(run);
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

    /// <summary>Loads a model or a part of one.</summary>
    /// <param name="model">The model, for messages and its folder.</param>
    /// <param name="bytes">What is loaded.</param>
    /// <param name="options">How it is run.</param>
    public static InferenceSession CreateSession(OnnxModel model, byte[] bytes, OnnxModelOptions options)
    {
        RuntimeTelemetry.SwitchOff();
        using var session = new SessionOptions
        {
            IntraOpNumThreads = Math.Max(0, options.IntraOpThreads), // ONNX Runtime calls one per core 0
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, // an error is an exception too; the log would go to the error stream
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
        if (model.Folder is not null)
        {
            session.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", model.Folder);
        }

        options.ConfigureSession?.Invoke(session);
        TimeSpan limit = options.LoadTimeLimit ?? LoadTimeLimit;
        using var ended = new CancellationTokenSource(limit);
        try
        {
            using (ended.Token.UnsafeRegister(static state => ((SessionOptions)state!).SetLoadCancellationFlag(true), session))
            {
                return new InferenceSession(bytes, session);
            }
        }
        catch (OnnxRuntimeException e) when (ended.IsCancellationRequested)
        {
            throw new OnnxModelException(model.Name, $"ONNX Runtime did not finish loading it within {Seconds(limit)}. LoadTimeLimit allows more.", e) { LoadTimeLimit = limit };
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxModelException(model.Name, $"ONNX Runtime cannot load it: {e.Message}", e);
        }
        catch (OverflowException e)
        {
            throw new OnnxModelException(model.Name, $"an input or output has a side longer than {int.MaxValue}.", e);
        }
    }

    private static void Read<TReader>(ModelRun run, int outputs, int start, int count, bool isMirrored, ref TReader reader)
        where TReader : IOutputReader, allows ref struct
    {
        for (int i = 0; i < count; i++)
        {
            for (int output = 0; output < outputs; output++)
            {
                reader.Read(start + i, output, isMirrored, run.Output(output, i));
            }
        }
    }

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.###} s");

    /// <summary>Refuses a model for whose batches no array can be made.</summary>
    private void ThrowIfTooLarge(int length, string kind, string tensor)
    {
        if (_batchSize > LargestBatch)
        {
            throw new OnnxModelException(Name, $"its input '{tensor}' takes {_batchSize} images at once, and only that many; at most {LargestBatch} are supported.");
        }

        if ((long)length * _batchSize > Array.MaxLength)
        {
            throw new OnnxModelException(Name, $"its {kind} '{tensor}' has {length} numbers for each of {_batchSize} images, more than memory can hold in one piece.");
        }
    }

    private long[] InputShape(int batchSize)
    {
        ImageSize size = Preprocessing.InputSize;
        return Preprocessing.Layout == TensorLayout.Nchw
            ? [batchSize, 3, size.Height, size.Width]
            : [batchSize, size.Height, size.Width, 3];
    }

    private ModelOutput Probe(string outputName, TimeSpan limit)
    {
        int batchSize = Math.Max(1, _input.FixedBatchSize);
        float[] pixels = new float[_writer.Length * batchSize];
        using RunOptions runOptions = ModelRun.CreateRunOptions();
        using var ended = new CancellationTokenSource(limit);
        try
        {
            using var input = OrtValue.CreateTensorValueFromMemory(pixels, InputShape(batchSize));
            using CancellationTokenRegistration registration = ModelRun.TerminateOn(runOptions, ended.Token);
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(runOptions, [_input.Name], [input], [outputName]);
            OrtValue output = outputs[0];
            if (!output.IsTensor || output.GetTensorTypeAndShape() is not { ElementDataType: Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float } type)
            {
                string actual = output.IsTensor ? output.GetTensorTypeAndShape().ElementDataType.ToString() : output.OnnxType.ToString();
                throw new OnnxModelException(Name, $"its tensor '{outputName}' is of type {actual}; only tensors of 32-bit floats are supported.");
            }

            return ModelOutput.FromShape(outputName, type.Shape, batchSize, Preprocessing.Layout, Name);
        }
        catch (OnnxRuntimeException e) when (ended.IsCancellationRequested)
        {
            throw new OnnxModelException(Name, $"its trial run did not end within {Seconds(limit)}. LoadTimeLimit allows more.", e) { LoadTimeLimit = limit };
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxModelException(Name, $"fails on an input of shape {ModelInput.Text(InputShape(batchSize))}: {e.Message}", e);
        }
    }

    private void Run(ModelRun run, int count, CancellationToken cancellationToken)
    {
        try
        {
            // A model of a fixed batch size runs on all its places; those behind the last image are not looked at.
            run.Run(_input.FixedBatchSize > 0 ? _batchSize : count, cancellationToken);
        }
        catch (OnnxRuntimeException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The model was stopped.", e, cancellationToken);
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxModelException(Name, $"failed on a batch of {count} images: {e.Message}", e);
        }
    }

    private ModelRun Enter(ModelOutput[] outputs)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            int place = _idle.Count - 1;
            while (place >= 0 && !_idle[place].Reads(outputs))
            {
                place--;
            }

            ModelRun run = place >= 0 ? _idle[place] : new ModelRun(_session, _input.Name, _writer.Length, InputShape, outputs, _batchSize);
            if (place >= 0)
            {
                _idle.RemoveAt(place);
            }

            _active++;
            return run;
        }
    }

    private void Leave(ModelRun run)
    {
        lock (_lock)
        {
            _idle.Add(run);
            _active--;
            if (_disposed && _active == 0)
            {
                Free();
            }
        }
    }

    private void Free()
    {
        _idle.ForEach(run => run.Dispose());
        _idle.Clear();

        _session.Dispose();
    }
}
