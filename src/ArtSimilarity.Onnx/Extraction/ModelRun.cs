using Microsoft.ML.OnnxRuntime;

namespace ArtSimilarity.Onnx.Extraction;

/// <summary>
/// Runs of a model for one caller, with input and output memory that is pinned and bound once for every batch size, so that a
/// run neither allocates nor copies tensors. For one thread at a time.
/// </summary>
internal sealed class ModelRun : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string _inputName;
    private readonly Func<int, long[]> _inputShape;
    private readonly ModelOutput[] _outputs;
    private readonly float[] _inputs;
    private readonly float[][] _values;
    private readonly int _inputLength;
    private readonly Binding?[] _bindings;

    // Of its own, so that one caller can be stopped alone. Lives as long as the buffers: options that are collected while a run
    // still reads them crash the process.
    private readonly RunOptions _runOptions = CreateRunOptions();

    public ModelRun(InferenceSession session, string inputName, int inputLength, Func<int, long[]> inputShape, ModelOutput[] outputs, int batchSize)
    {
        _session = session;
        _inputName = inputName;
        _inputShape = inputShape;
        _outputs = outputs;
        _inputLength = inputLength;
        _inputs = GC.AllocateArray<float>(inputLength * batchSize, pinned: true);
        _values = Array.ConvertAll(outputs, output => GC.AllocateArray<float>(output.Length * batchSize, pinned: true));
        _bindings = new Binding?[batchSize + 1];
    }

    public Span<float> Input(int image) => _inputs.AsSpan(image * _inputLength, _inputLength);

    /// <summary>What the last run gave.</summary>
    /// <param name="output">The tensor's place among those that are read.</param>
    /// <param name="image">The image's place in the batch.</param>
    public ReadOnlySpan<float> Output(int output, int image) => _values[output].AsSpan(image * _outputs[output].Length, _outputs[output].Length);

    /// <summary>Whether it is these tensors that are read, in this order.</summary>
    public bool Reads(ReadOnlySpan<ModelOutput> outputs)
    {
        bool same = outputs.Length == _outputs.Length;
        for (int i = 0; same && i < outputs.Length; i++)
        {
            same = outputs[i].Name == _outputs[i].Name;
        }

        return same;
    }

    /// <summary>Options of a run whose failures nobody logs: the exception says all, and being stopped is no failure.</summary>
    public static RunOptions CreateRunOptions() => new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    /// <summary>Stops the run of these options at its next operator once the token is cancelled.</summary>
    public static CancellationTokenRegistration TerminateOn(RunOptions runOptions, CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, runOptions);

    /// <summary>Runs the model on the first <paramref name="batchSize"/> inputs; cancelled, it fails or finishes.</summary>
    public void Run(int batchSize, CancellationToken cancellationToken)
    {
        Binding binding = _bindings[batchSize] ??= Bind(batchSize);
        try
        {
            using (TerminateOn(_runOptions, cancellationToken))
            {
                _session.RunWithBinding(_runOptions, binding.Io);
            }
        }
        finally
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _runOptions.Terminate = false; // the next caller's run must not be stopped
            }
        }

        // Without effect on the CPU; waits for the copy back from an accelerator.
        binding.Io.SynchronizeBoundOutputs();
    }

    public void Dispose()
    {
        foreach (Binding? binding in _bindings)
        {
            binding?.Dispose();
        }

        _runOptions.Dispose();
    }

    private Binding Bind(int batchSize)
    {
        var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _inputs.AsMemory(0, batchSize * _inputLength), _inputShape(batchSize));
        OrtIoBinding io = _session.CreateIoBinding();
        io.BindInput(_inputName, input);
        var outputs = new OrtValue[_outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            ModelOutput output = _outputs[i];
            outputs[i] = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _values[i].AsMemory(0, batchSize * output.Length), output.ShapeFor(batchSize));
            io.BindOutput(output.Name, outputs[i]);
        }

        return new Binding(io, input, outputs);
    }

    private sealed record Binding(OrtIoBinding Io, OrtValue Input, OrtValue[] Outputs) : IDisposable
    {
        public void Dispose()
        {
            Io.Dispose();
            Input.Dispose();
            Array.ForEach(Outputs, output => output.Dispose());
        }
    }
}
