namespace ArtSimilarity.Studio;

/// <summary>A seeded source of choices: the same seed paints the same picture, on every machine.</summary>
internal sealed class Chance(int seed)
{
    private readonly Random _random = new(seed);

    public double Between(double low, double high) => low + ((high - low) * _random.NextDouble());

    /// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Count(int low, int high) => _random.Next(low, high + 1);

    public bool Happens(double probability) => _random.NextDouble() < probability;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    /// <summary>Roughly normal around 0, within −1 and 1.</summary>
    public double Bell() => (_random.NextDouble() + _random.NextDouble() + _random.NextDouble() - 1.5) / 1.5;

    public void Shuffle<T>(Span<T> items) => _random.Shuffle(items);
}
