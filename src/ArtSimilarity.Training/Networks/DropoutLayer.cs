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
        return training && share > 0
            ? x * (rand(x.shape, generator: _random) >= share).to(x.dtype) / (1 - share)
            : x.alias();
    }

    public override void Write(OnnxWriter writer) => writer.Alias(Output, Inputs[0]);

    public override void Dispose()
    {
        _random.Dispose();
        base.Dispose();
    }
}
