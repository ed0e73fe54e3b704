using static TorchSharp.torch;

namespace ArtSimilarity.Training.Running;

/// <summary>Signatures of earlier steps, as they were computed then (cross-batch memory, Wang et al. 2020). The oldest steps go first.</summary>
/// <param name="capacity">How many signatures are kept at most.</param>
internal sealed class SignatureMemory(int capacity) : IDisposable
{
    private readonly Queue<(Tensor Signatures, int[] Images)> _steps = new();

    /// <summary>How many signatures are kept.</summary>
    public int Count { get; private set; }

    /// <summary>The picture of each of them.</summary>
    public IReadOnlyList<int> Images => [.. _steps.SelectMany(step => step.Images)];

    /// <summary>All of them, [count, dimensions], of norm 1.</summary>
    public Tensor Signatures() => cat([.. _steps.Select(step => step.Signatures)], 0);

    /// <summary>Keeps the signatures of a step without their gradients.</summary>
    public void Add(Tensor signatures, IReadOnlyList<int> images)
    {
        using var scope = NewDisposeScope(); // see TensorSums
        _steps.Enqueue((signatures.detach().clone().DetachFromDisposeScope(), [.. images]));
        Count += images.Count;
        while (Count > capacity)
        {
            (Tensor oldest, int[] gone) = _steps.Dequeue();
            oldest.Dispose();
            Count -= gone.Length;
        }
    }

    public void Dispose()
    {
        while (_steps.TryDequeue(out (Tensor Signatures, int[] Images) step))
        {
            step.Signatures.Dispose();
        }

        Count = 0;
    }
}
