using System.Numerics.Tensors;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using Microsoft.ML.OnnxRuntime;

namespace ArtSimilarity.Onnx;

/// <summary>
/// Runs an ONNX image model and takes one of its tensors as signature, L2-normalised: every signature has norm 1, but for a
/// model's output of nothing but zeros, which stays zero.
/// </summary>
/// <remarks>
/// Safe to call from several threads at once: each brings its own buffers, and by default a run of the model uses one thread,
/// so as many callers as there are cores are fastest. Disposing while calls are under way lets them finish first.
/// </remarks>
public sealed class OnnxFeatureExtractor : IFeatureExtractor, IDisposable
{
    private const int HashDigits = 12;

    private readonly string _modelName;
    private readonly InferenceSession _session;
    private readonly ModelInput _input;
    private readonly ModelOutput _output;
    private readonly TensorWriter _writer;
    private readonly ImagePreprocessing _preprocessing;
    private readonly int _batchSize;

    // Lives as long as the session: options that are collected while a run still reads them crash the process.
    private readonly RunOptions _runOptions = new();
    private readonly Stack<BatchBuffers> _idle = new();
    private readonly Lock _lock = new();
    private int _active;
    private bool _disposed;

    /// <summary>Loads a model and runs it once on an empty image, to learn the shape of its output.</summary>
    /// <param name="options">The model and how it is run; read now, not kept.</param>
    /// <remarks>
    /// With <see cref="OnnxFeatureExtractorOptions.AllowDownload"/> this blocks while a model is downloaded; use
    /// <see cref="CreateAsync"/> for progress, cancellation and a free thread.
    /// </remarks>
    /// <exception cref="ArgumentException">The options name no model, an unknown one, or a number out of its range.</exception>
    /// <exception cref="OnnxModelException">
    /// The file is missing, is no ONNX model, has several inputs or one that takes no float images, takes another size than the
    /// preprocessing gives, or has no tensor of the name or of a usable shape.
    /// </exception>
    /// <exception cref="ModelDownloadException">The model had to be downloaded and could not be.</exception>
    public OnnxFeatureExtractor(OnnxFeatureExtractorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBatchSize, 1, "options.MaxBatchSize");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxBatchSize, 1024, "options.MaxBatchSize");
        ArgumentOutOfRangeException.ThrowIfNegative(options.IntraOpThreads, "options.IntraOpThreads");
        if (ModelToDownload(options) is { } missing)
        {
            Catalog(options).DownloadAsync(missing.Name).GetAwaiter().GetResult();
        }

        var model = OnnxModel.Load(options);
        ModelDescription? known = Describe(options, model);
        _modelName = model.Name;
        _preprocessing = options.Preprocessing ?? known?.Preprocessing ?? ImagePreprocessing.ImageNet;
        _writer = new TensorWriter(_preprocessing);
        OnnxGraph graph = OnnxGraph.TryRead(model.Bytes)
            ?? throw new OnnxModelException(_modelName, $"is not an ONNX model ({model.Bytes.Length} bytes{(model.Folder is null ? "" : $" in {model.Folder}")}).");
        (string outputName, bool isInner) = ModelOutput.Choose(graph, options.OutputName ?? known?.OutputName, _modelName);

        _session = CreateSession(model, isInner ? OnnxGraph.AppendOutput(model.Bytes, outputName) : model.Bytes, options);
        try
        {
            _input = ModelInput.Check(_session, _modelName, _preprocessing);
            _batchSize = _input.FixedBatchSize > 0 ? _input.FixedBatchSize : options.MaxBatchSize;
            _output = Probe(outputName);
        }
        catch
        {
            _runOptions.Dispose();
            _session.Dispose();
            throw;
        }

        string tap = outputName == ModelOutput.DefaultName(graph) ? "" : ":" + outputName;
        Space = new FeatureSpace($"{_modelName}@{model.Sha256[..HashDigits]}{tap}", _preprocessing.ToString(), _output.Dimensions);
    }

    /// <inheritdoc />
    public FeatureSpace Space { get; }

    /// <inheritdoc />
    public ImageSize InputSize => _preprocessing.WantedSize;

    /// <summary>Loads a model as the constructor does, but downloads, where that is allowed and needed, without blocking.</summary>
    /// <param name="options">The model and how it is run.</param>
    /// <param name="progress">Told about a download; <see langword="null"/> for nobody.</param>
    /// <param name="cancellationToken">Cancels a download.</param>
    /// <returns>The extractor; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">See the constructor.</exception>
    /// <exception cref="OnnxModelException">See the constructor.</exception>
    /// <exception cref="ModelDownloadException">The model had to be downloaded and could not be.</exception>
    public static async Task<OnnxFeatureExtractor> CreateAsync(
        OnnxFeatureExtractorOptions options, IProgress<ModelDownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (ModelToDownload(options) is { } missing)
        {
            await Catalog(options).DownloadAsync(missing.Name, progress, cancellationToken).ConfigureAwait(false);
        }

        return new OnnxFeatureExtractor(options);
    }

    /// <inheritdoc />
    /// <exception cref="ObjectDisposedException">The extractor has been disposed.</exception>
    /// <exception cref="OnnxModelException">The model failed, or its output is not finite.</exception>
    public void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken = default)
    {
        int dimensions = Space.Dimensions;
        if (signatures.Length != (long)images.Length * dimensions)
        {
            throw new ArgumentException(
                $"The signatures of {images.Length} images have {(long)images.Length * dimensions} numbers ({dimensions} each), not {signatures.Length}.", nameof(signatures));
        }

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
                for (int i = 0; i < count; i++)
                {
                    Span<float> signature = signatures.Slice((start + i) * dimensions, dimensions);
                    _output.Pool(buffers.Output(i), signature);
                    if (!TryNormalize(signature))
                    {
                        throw new OnnxModelException(
                            _modelName, $"its tensor '{_output.Name}' is not finite for image {start + i} of {images.Length} in the batch.");
                    }
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

    /// <summary>Scales to norm 1, whatever the magnitude; a zero vector stays.</summary>
    /// <returns><see langword="false"/> where a number is not finite.</returns>
    internal static bool TryNormalize(Span<float> vector)
    {
        float sum = TensorPrimitives.SumOfSquares(vector);
        if (sum is > 1e-30f and < 1e30f)
        {
            TensorPrimitives.Divide(vector, MathF.Sqrt(sum), vector);
            return true;
        }

        double exact = 0;
        foreach (float value in vector)
        {
            exact += (double)value * value;
        }

        if (!double.IsFinite(exact))
        {
            return false;
        }

        double norm = Math.Sqrt(exact);
        for (int i = 0; norm > 0 && i < vector.Length; i++)
        {
            vector[i] = (float)(vector[i] / norm);
        }

        return true;
    }

    private static ModelCatalog Catalog(OnnxFeatureExtractorOptions options) => options.Catalog ?? new ModelCatalog();

    private static ModelDescription? ModelToDownload(OnnxFeatureExtractorOptions options)
    {
        if (!options.AllowDownload || options.ModelPath is not null || options.ModelBytes is not null || options.ModelName is null)
        {
            return null;
        }

        ModelCatalog catalog = Catalog(options);
        return catalog.IsDownloaded(options.ModelName) ? null : catalog.Require(options.ModelName);
    }

    private static ModelDescription? Describe(OnnxFeatureExtractorOptions options, OnnxModel model) =>
        options.Catalog?.Models.FirstOrDefault(description => description.Sha256.Equals(model.Sha256, StringComparison.OrdinalIgnoreCase))
        ?? ModelCatalog.FindKnown(model.Sha256);

    private static InferenceSession CreateSession(OnnxModel model, byte[] bytes, OnnxFeatureExtractorOptions options)
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

    private long[] InputShape(int batchSize)
    {
        ImageSize size = _preprocessing.InputSize;
        return _preprocessing.Layout == TensorLayout.Nchw
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
                throw new OnnxModelException(_modelName, $"its tensor '{outputName}' is of type {actual}; only tensors of 32-bit floats are supported.");
            }

            return ModelOutput.FromShape(outputName, type.Shape, batchSize, _preprocessing.Layout, _modelName);
        }
        catch (OnnxRuntimeException e)
        {
            throw new OnnxModelException(_modelName, $"fails on an input of shape {ModelInput.Text(InputShape(batchSize))}: {e.Message}", e);
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
            throw new OnnxModelException(_modelName, $"failed on a batch of {count} images: {e.Message}", e);
        }
    }

    private BatchBuffers Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            BatchBuffers buffers = _idle.Count > 0
                ? _idle.Pop()
                : new BatchBuffers(_session, _input.Name, _writer.Length, InputShape, _output, _batchSize);
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
