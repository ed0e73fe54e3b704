using ArtSimilarity.Training.Data;
using ArtSimilarity.Training.Networks;
using static TorchSharp.torch;

namespace ArtSimilarity.Training;

/// <summary>
/// A second signature beside that of a <see cref="ClassifierHead"/>: the output <c>work</c>, by which the very work is found again. It has generalised-mean
/// pooling (GeM, Radenović et al. 2019) of a map, a normalisation channel by channel, and one fully connected layer.
/// </summary>
public sealed class WorkHead
{
    internal const string OutputName = "work";
    private const float Smallest = 1e-6f; // as in GeM's first implementation: the root of 0 has no slope
    private const double Epsilon = 1e-7; // means are small
    private const long SeedPurpose = 0x776F726B; // other weights than those of the classifier's head

    /// <summary>The length of the signature, at least 1. The default is 256.</summary>
    public int Dimensions { get; init; } = 256;

    /// <summary>
    /// The exponent p of the generalised mean (mean xᵖ)¹ᐟᵖ, from 1 to 10. 1 is the average; the larger, the more the strongest place of a channel counts. It
    /// is not learned. The default is 3.
    /// </summary>
    public double Exponent { get; init; } = 3;

    /// <summary>
    /// Further maps that are pooled alike and put after that of <see cref="Network.AddWorkHead"/>, for example an earlier stage's. The numbers of each must
    /// not be below 0, or count as 0. None by default.
    /// </summary>
    public IReadOnlyList<string> FurtherMaps { get; init; } = [];

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimensions, 1, "Work.Dimensions");
        if (!(Exponent is >= 1 and <= 10))
        {
            throw new ArgumentOutOfRangeException("Work.Exponent", Exponent, "Work.Exponent must be from 1 to 10.");
        }
    }

    internal IEnumerable<Layer> CreateLayers(string map, Func<string, long> channels, long seed)
    {
        Validate();
        using Generator random = new((ulong)Chance.Seed(seed, SeedPurpose));
        string[] maps = [map, .. FurtherMaps];
        List<Layer> layers = [];
        List<string> pooled = [];
        foreach ((int i, string source) in maps.Index())
        {
            string name = maps.Length == 1 ? OutputName : $"{OutputName}_{i + 1}";
            layers.Add(new ClipLayer(name + "_positive", source, Smallest, float.PositiveInfinity));
            layers.Add(new PowerLayer(name + "_power", name + "_positive", (float)Exponent));
            layers.Add(new GlobalAveragePoolLayer(name + "_pool", name + "_power"));
            layers.Add(new FlattenLayer(name + "_pool_flat", name + "_pool"));
            pooled.Add(name + "_pool_flat");
        }

        string powers = pooled[0];
        if (maps.Length > 1)
        {
            powers = OutputName + "_pool_flat";
            layers.Add(new ConcatLayer(powers, [.. pooled], axis: 1));
        }

        layers.Add(new PowerLayer(OutputName + "_mean", powers, (float)(1 / Exponent)));

        // What all pictures have in common would make every cosine large: the normalisation takes it away before anything is learned.
        long width = maps.Sum(channels);
        using Tensor one = ones(width), zero = zeros(width);
        layers.Add(new BatchNormLayer(OutputName + "_normalised", OutputName + "_mean", one, zero, zero, one, Epsilon, usesBatchStatistics: true));
        using Tensor drawn = randn([Dimensions, width], generator: random);
        using Tensor weight = drawn * Math.Sqrt(1.0 / width), bias = zeros(Dimensions);
        layers.Add(new GemmLayer(OutputName, OutputName + "_normalised", weight, bias, OutputName + "_weight", OutputName + "_bias"));
        return layers;
    }
}
