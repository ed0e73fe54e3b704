using System.Globalization;
using ArtSimilarity.Benchmarks.Ann;
using ArtSimilarity.Benchmarks.Comparisons;
using ArtSimilarity.Benchmarks.Galleries;
using ArtSimilarity.Benchmarks.Signatures;
using BenchmarkDotNet.Running;

// What `compare ann` starts beside the rivals' programs.
if (args is ["ann", .. string[] request])
{
    OurProgram.Run(request);
    return 0;
}

// Searches by image at once: `gallery images MODEL.onnx PICTURES…` prints rates and how long a timer had to wait.
if (args is ["gallery", "images", string model, .. string[] pictures])
{
    await ImageSearchProbe.RunAsync(model, pictures);
    return 0;
}

// What `compare gallery` starts.
if (args is ["gallery", .. string[] probe])
{
    await GalleryProbe.RunAsync(probe);
    return 0;
}

// `compare NAME…` runs side-by-side comparisons and writes benchmarks/results, `compare models MODEL…` prints what models cost, as
// JSON for benchmarks/genre.sh; `signatures [--folder DIR] [--grow N]` makes the set of real signatures they use; anything else is
// BenchmarkDotNet's.
if (args is ["signatures", .. string[] options])
{
    string folder = SignatureSet.DefaultFolder;
    int grown = 0;
    for (int i = 0; i < options.Length; i += 2)
    {
        switch (options[i])
        {
            case "--folder" when i + 1 < options.Length:
                folder = options[i + 1];
                break;
            case "--grow" when i + 1 < options.Length && int.TryParse(options[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out grown):
                break;
            default:
                await Console.Error.WriteLineAsync("Usage: signatures [--folder DIR] [--grow N]");
                return 2;
        }
    }

    var set = new SignatureSet(folder);
    set.Ensure();
    if (grown > 0)
    {
        set.EnsureGrown(grown);
    }

    return 0;
}

if (args is ["compare", "models", .. string[] models])
{
    return ModelComparison.Run(models);
}

if (args is ["compare", .. string[] names])
{
    Dictionary<string, Func<Task>> comparisons = new(StringComparer.Ordinal)
    {
        ["flat"] = FlatSearchComparison.RunAsync,
        ["decode"] = DecodeComparison.RunAsync,
        ["index"] = IndexingComparison.RunAsync,
        ["ann"] = AnnComparison.RunAsync,
        ["forest"] = ForestComparison.RunAsync,
        ["batches"] = BatchComparison.RunAsync,
        ["partitions"] = PartitionComparison.RunAsync,
        ["sizes"] = SizeComparison.RunAsync,
        ["criteria"] = CriteriaComparison.RunAsync,
        ["gallery"] = GalleryComparison.RunAsync,
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
