using ArtSimilarity.Training.Running;
using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Networks;

/// <summary>Zeroes a share of the numbers while training. A file for inference does without it.</summary>
internal sealed class DropoutLayer(string output, string input, double share) : Layer(output, input)
{
    // Its own: whoever else draws numbers in this process must not change what is trained.
    private readonly Generator _random = new();

    /// <summary>Begins a new sequence of what is zeroed.</summary>
    public void Seed(int seed) => _random.manual_seed(seed);

    public override Tensor Forward(Tensor[] inputs, bool training, bool inPlace)
    {
        Tensor x = inputs[0];
        if (!training || share == 0)
        {
            return x.alias();
        }

        using Scalar dropped = share, kept = 1 - share; // held, see AdamW
        return (x * rand(x.shape, generator: _random).ge(dropped).to(x.dtype)).div(kept);
    }

    public override void Write(OnnxWriter writer) => writer.Alias(Output, Inputs[0]);

    public override void Dispose()
    {
        _random.Dispose();
        base.Dispose();
    }
}
