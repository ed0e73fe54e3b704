using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>One operation of a network: reads tensors by name, writes one. Parameters are 32-bit floats, whatever the activations are.</summary>
internal abstract class Layer(string output, params string[] inputs) : IDisposable
{
    /// <summary>The names of the tensors it reads.</summary>
    public string[] Inputs { get; } = inputs;

    /// <summary>The name of the tensor it writes.</summary>
    public string Output { get; set; } = output;

    /// <summary>What training changes, by the names that the ONNX file gives them.</summary>
    public virtual IEnumerable<(string Name, Parameter Value)> Parameters => [];

    /// <summary>What training changes without gradients: running statistics.</summary>
    public virtual IEnumerable<(string Name, Tensor Value)> Buffers => [];

    /// <summary>Whether the operation may overwrite its input where nothing else reads it.</summary>
    public virtual bool CanWorkInPlace => false;

    /// <summary>Computes the output.</summary>
    /// <param name="inputs">The tensors of <see cref="Inputs"/>.</param>
    /// <param name="training">Whether the pass is one of training: batch statistics, dropout.</param>
    /// <param name="inPlace">Whether the input may be overwritten.</param>
    public abstract Tensor Forward(Tensor[] inputs, bool training, bool inPlace);

    /// <summary>Writes the operation as ONNX.</summary>
    public abstract void Write(OnnxWriter writer);

    public virtual void Dispose()
    {
        foreach ((_, Parameter value) in Parameters)
        {
            value.Dispose();
        }

        foreach ((_, Tensor value) in Buffers)
        {
            value.Dispose();
        }
    }

    /// <summary>A parameter that no dispose scope ends; convolutions on the CPU are fastest with channels last.</summary>
    protected static Parameter Keep(Tensor value)
    {
        using var scope = NewDisposeScope();
        Tensor fixedValue = value.dim() == 4 ? value.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).detach() : value.detach().clone();
        Parameter parameter = new(fixedValue, requires_grad: true);
        parameter.DetachFromDisposeScope();
        return parameter;
    }

    /// <summary>A copy that no dispose scope ends.</summary>
    protected static Tensor KeepBuffer(Tensor value)
    {
        using var scope = NewDisposeScope();
        return value.detach().clone().DetachFromDisposeScope();
    }
}
