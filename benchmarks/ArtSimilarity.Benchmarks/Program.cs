using ArtSimilarity.Benchmarks.Comparisons;
using BenchmarkDotNet.Running;

// `compare NAME…` runs side-by-side comparisons and writes benchmarks/results; anything else is BenchmarkDotNet's.
if (args is ["compare", .. string[] names])
{
    Dictionary<string, Func<Task>> comparisons = new(StringComparer.Ordinal)
    {
        ["flat"] = FlatSearchComparison.RunAsync,
        ["decode"] = DecodeComparison.RunAsync,
        ["index"] = IndexingComparison.RunAsync,
    };
    string[] wanted = names.Length == 0 ? [.. comparisons.Keys] : names;
    if (wanted.FirstOrDefault(name => !comparisons.ContainsKey(name)) is string unknown)
    {
        await Console.Error.WriteLineAsync($"'{unknown}' is no comparison; there are: {string.Join(", ", comparisons.Keys)}.");
        return 2;
    }

    foreach (string name in wanted)
    {
        await comparisons[name]();
    }

    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
