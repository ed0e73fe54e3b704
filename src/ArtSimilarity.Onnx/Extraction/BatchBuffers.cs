using Microsoft.ML.OnnxRuntime;

namespace ArtSimilarity.Onnx;

/// <summary>
/// The input and output memory of one caller, pinned and bound to the model once for every batch size that occurs, so that a
/// run neither allocates nor copies tensors. For one thread at a time.
/// </summary>
internal sealed class BatchBuffers : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string _inputName;
    private readonly Func<int, long[]> _inputShape;
    private readonly ModelOutput _output;
    private readonly float[] _inputs;
    private readonly float[] _outputs;
    private readonly int _inputLength;
    private readonly Binding?[] _bindings;

    public BatchBuffers(InferenceSession session, string inputName, int inputLength, Func<int, long[]> inputShape, ModelOutput output, int batchSize)
    {
        _session = session;
        _inputName = inputName;
        _inputShape = inputShape;
        _output = output;
        _inputLength = inputLength;
        _inputs = GC.AllocateArray<float>(checked(inputLength * batchSize), pinned: true);
        _outputs = GC.AllocateArray<float>(checked(output.Length * batchSize), pinned: true);
        _bindings = new Binding?[batchSize + 1];
    }

    public Span<float> Input(int image) => _inputs.AsSpan(image * _inputLength, _inputLength);

    public ReadOnlySpan<float> Output(int image) => _outputs.AsSpan(image * _output.Length, _output.Length);

    /// <summary>Runs the model on the first <paramref name="batchSize"/> inputs.</summary>
    public void Run(RunOptions runOptions, int batchSize)
    {
        Binding binding = _bindings[batchSize] ??= Bind(batchSize);
        _session.RunWithBinding(runOptions, binding.Io);

        // Without effect on the CPU; waits for the copy back from an accelerator.
        binding.Io.SynchronizeBoundOutputs();
    }

    public void Dispose()
    {
        foreach (Binding? binding in _bindings)
        {
            binding?.Dispose();
        }
    }

    private Binding Bind(int batchSize)
    {
        var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _inputs.AsMemory(0, batchSize * _inputLength), _inputShape(batchSize));
        var output = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _outputs.AsMemory(0, batchSize * _output.Length), _output.ShapeFor(batchSize));
        OrtIoBinding io = _session.CreateIoBinding();
        io.BindInput(_inputName, input);
        io.BindOutput(_output.Name, output);
        return new Binding(io, input, output);
    }

    private sealed record Binding(OrtIoBinding Io, OrtValue Input, OrtValue Output) : IDisposable
    {
        public void Dispose()
        {
            Io.Dispose();
            Input.Dispose();
            Output.Dispose();
        }
    }
}
