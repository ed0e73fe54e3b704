using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Running;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019): Adam with the weight decay apart from the gradient. Its state is plain tensors, so that a
/// checkpoint holds all of it and a resumed run goes on to the bit.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    private readonly List<Slot> _slots = [];

    public int Steps { get; set; }

    /// <summary>The moments, in the order of the parameters.</summary>
    public IEnumerable<(string Name, Tensor Value)> State =>
        _slots.SelectMany(slot => new[] { (slot.Name + ".m", slot.First), (slot.Name + ".v", slot.Second) });

    /// <param name="name">Names the parameter in checkpoints.</param>
    /// <param name="parameter">What is trained.</param>
    /// <param name="rate">What the learning rate is multiplied with.</param>
    public void Add(string name, Parameter parameter, double rate)
    {
        using var scope = NewDisposeScope(); // see TensorSums
        _slots.Add(new Slot(name, parameter, zeros_like(parameter).DetachFromDisposeScope(), zeros_like(parameter).DetachFromDisposeScope(), rate));
    }

    /// <summary>Changes the parameters by their gradients, and forgets these.</summary>
    public void Step(double learningRate, double weightDecay)
    {
        Steps++;
        double correction1 = 1 - Math.Pow(Beta1, Steps);

        // Scalars in variables: TorchSharp does not keep one alive that a number was turned into on the way, and the collector may
        // free it while libtorch still reads it.
        using Scalar beta1 = Beta1, beta2 = Beta2, rest1 = 1 - Beta1, rest2 = 1 - Beta2, epsilon = Epsilon, correction2 = Math.Sqrt(1 - Math.Pow(Beta2, Steps));
        using (no_grad())
        {
            foreach (Slot slot in _slots)
            {
                using var scope = NewDisposeScope();
                if (slot.Parameter.grad is not { } gradient)
                {
                    continue;
                }

                double rate = learningRate * slot.Rate;
                slot.First.mul_(beta1).add_(gradient, alpha: rest1);
                slot.Second.mul_(beta2).addcmul_(gradient, gradient, rest2);
                Tensor denominator = slot.Second.sqrt().div_(correction2).PlusInPlace(epsilon);

                // Biases, scales and shifts are few and not decayed.
                if (weightDecay > 0 && slot.Parameter.dim() > 1)
                {
                    using Scalar kept = 1 - (rate * weightDecay);
                    slot.Parameter.mul_(kept);
                }

                using Scalar step = -rate / correction1;
                slot.Parameter.addcdiv_(slot.First, denominator, step);
                slot.Parameter.grad = null;
            }
        }
    }

    public void Dispose()
    {
        foreach (Slot slot in _slots)
        {
            slot.First.Dispose();
            slot.Second.Dispose();
        }
    }

    private sealed record Slot(string Name, Parameter Parameter, Tensor First, Tensor Second, double Rate);
}
