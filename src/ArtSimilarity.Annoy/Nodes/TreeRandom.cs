namespace ArtSimilarity.Annoy.Nodes;

/// <summary>SplitMix64 (Steele, Lea and Flood), one stream per tree: the same numbers on every runtime, unlike System.Random.</summary>
internal struct TreeRandom(long seed, int tree)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state = Mix((ulong)seed + Step) ^ Mix((ulong)tree);

    /// <summary>A number from 0 to below the bound; the bias, below 2⁻³², does not matter here.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    public bool Coin() => (long)Next() < 0;

    private ulong Next() => Mix(_state += Step);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
