using ArtSimilarity.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace ArtSimilarity.Training.Running;

/// <summary>Which picture of a batch is mixed with which, and how much is left of it (mix-up, Zhang et al. 2018).</summary>
internal sealed class Mixing(long[] partners, float[] shares)
{
    public IReadOnlyList<long> Partners => partners;

    public IReadOnlyList<float> Shares => shares;

    public static Mixing Draw(int count, double alpha, Random random)
    {
        long[] partners = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        random.Shuffle(partners);

        // The larger share stays a picture's own: its labels come first in what is measured along the way.
        return new Mixing(partners, [.. Enumerable.Range(0, count).Select(_ => (float)Chance.Beta(random, alpha)).Select(share => Math.Max(share, 1 - share))]);
    }

    /// <summary>The same for a second view of each picture, whose rows come after those of the first.</summary>
    public Mixing Twice() => new([.. partners, .. partners.Select(partner => partner + partners.Length)], [.. shares, .. shares]);

    public Tensor Apply(Tensor x)
    {
        using var scope = NewDisposeScope();
        Tensor own = tensor(shares).to(x.dtype).reshape([shares.Length, .. Enumerable.Repeat(1L, (int)x.dim() - 1)]);
        Tensor other = x.index_select(0, tensor(partners));
        return other.Plus(x.Minus(other) * own).MoveToOuterDisposeScope();
    }
}
