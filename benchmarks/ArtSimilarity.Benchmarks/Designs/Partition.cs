namespace ArtSimilarity.Benchmarks.Designs;

/// <summary>A way to divide vectors into leaves and to choose among them for a query.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Leaves">The rows of each leaf.</param>
/// <param name="Order">The leaves for a query, the first to look at first.</param>
internal sealed record Partition(string Name, IReadOnlyList<int[]> Leaves, Func<float[], IEnumerable<int>> Order);
