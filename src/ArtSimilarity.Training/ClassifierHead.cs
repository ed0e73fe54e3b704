using ArtSimilarity.Training.Networks;
using static TorchSharp.torch;

namespace ArtSimilarity.Training;

/// <summary>What follows a network's last map: pooling, the signature, and the classes of one or several label columns.</summary>
public sealed class ClassifierHead
{
    internal const string EmbeddingName = "embedding";
    internal const string FirstProbabilities = "probabilities";
    private const string PoolName = "pool";
    private const double Epsilon = 1e-7; // averages are small

    /// <summary>The length of the signature. The default is 512, as in the paper.</summary>
    public int Dimensions { get; init; } = 512;

    /// <summary>Whether the signature is rectified (no number below 0), as after a layer with ReLU. The default is <see langword="true"/>.</summary>
    public bool Rectified { get; init; } = true;

    /// <summary>The share of the signature that training drops, from 0 to below 1. The default is 0.2.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>The label columns to tell apart; the first gives the output <c>probabilities</c>, another one <c>probabilities_</c> and its name.</summary>
    public required IReadOnlyList<LabelTarget> Targets { get; init; }

    /// <summary>
    /// Further maps whose averages are put after those of the map that <see cref="Network.AddHead"/> names, for example an earlier stage's: it still knows the
    /// single work where the last one only knows its class. All are normalised then, channel by channel. None by default.
    /// </summary>
    public IReadOnlyList<string> FurtherMaps { get; init; } = [];

    internal string ProbabilitiesName(int target) => target == 0 ? FirstProbabilities : FirstProbabilities + "_" + Targets[target].Column;

    internal string LogitsName(int target) => target == 0 ? "logits" : "logits_" + Targets[target].Column;

    internal IEnumerable<Layer> CreateLayers(string map, Func<string, long> channels, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimensions, 1, nameof(Dimensions));
        using Generator random = new((ulong)seed);
        string[] maps = [map, .. FurtherMaps];
        List<Layer> layers = [];
        foreach ((int i, string source) in maps.Index())
        {
            string pool = maps.Length == 1 ? PoolName : $"{PoolName}_{i + 1}";
            layers.Add(new GlobalAveragePoolLayer(pool, source));
            layers.Add(new FlattenLayer(Flat(pool), pool));
        }

        if (maps.Length > 1)
        {
            layers.Add(new ConcatLayer(Flat(PoolName), [.. maps.Select((_, i) => Flat($"{PoolName}_{i + 1}"))], axis: 1));
        }

        string input = Flat(PoolName);
        if (maps.Length > 1)
        {
            // Averages of one map may be twenty times those of another (conv5_x and conv4_x): as they are, the smaller would hardly be heard.
            long width = maps.Sum(channels);
            using Tensor one = ones(width), zero = zeros(width);
            layers.Add(new BatchNormLayer(PoolName + "_normalised", input, one, zero, zero, one, Epsilon, usesBatchStatistics: true));
            input = PoolName + "_normalised";
        }

        string embedding = EmbeddingName + (Rectified ? "_linear" : "");
        layers.Add(Linear(embedding, input, maps.Sum(channels), Dimensions, EmbeddingName));
        if (Rectified)
        {
            layers.Add(ClipLayer.Relu(EmbeddingName, embedding));
        }

        layers.Add(new DropoutLayer(EmbeddingName + "_dropped", EmbeddingName, Dropout));
        for (int i = 0; i < Targets.Count; i++)
        {
            layers.Add(Linear(LogitsName(i), EmbeddingName + "_dropped", Dimensions, Targets[i].Labels.Count, LogitsName(i)));
            layers.Add(new SoftmaxLayer(ProbabilitiesName(i), LogitsName(i)));
        }

        return layers;

        static string Flat(string pool) => pool + "_flat";

        GemmLayer Linear(string output, string input, long from, long to, string name)
        {
            using Tensor drawn = randn([to, from], generator: random);
            using Tensor weight = drawn * Math.Sqrt(1.0 / from), bias = zeros(to);
            return new GemmLayer(output, input, weight, bias, name + "_weight", name + "_bias");
        }
    }
}
