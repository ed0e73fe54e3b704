using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Running;

/// <summary>
/// Sums and differences of tensors. libtorch takes a factor for the second tensor. TorchSharp's operators make it of the number 1, and the
/// collector may free it while libtorch still reads it. These are held for good.
/// </summary>
/// <remarks>
/// The same is true of tensors: TorchSharp hands libtorch the address of one and does not keep it alive. In <c>value.detach().clone()</c>
/// the collector may free what <c>detach</c> gave while <c>clone</c> reads it, and the process ends. A dispose scope holds all tensors that are made
/// in it, so whoever computes with tensors opens one first.
/// </remarks>
internal static class TensorSums
{
    private static readonly Scalar One = 1, MinusOne = -1;

    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    public static Tensor Minus(this Tensor x, Tensor y) => x.add(y, MinusOne);

    /// <summary>Adds a number that the caller holds, in place.</summary>
    public static Tensor PlusInPlace(this Tensor x, Scalar number) => x.add_(number, One);
}
