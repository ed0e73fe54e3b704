using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Features;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>What <c>--model</c> names: the classical baseline, a model of the catalogue, or an ONNX file.</summary>
internal static class ModelReference
{
    public const string Classical = "classical";

    public const string Help = "classical (needs no model), a name that 'artsim models' lists, or the path of an ONNX file.";

    /// <summary>The form that a gallery remembers: the name, or the absolute path.</summary>
    /// <exception cref="UsageException">It is neither a known name nor a file.</exception>
    public static string Normalize(string model)
    {
        if (model.Equals(Classical, StringComparison.OrdinalIgnoreCase))
        {
            return Classical;
        }

        if (new ModelCatalog().Find(model) is ModelDescription known)
        {
            return known.Name;
        }

        return File.Exists(model) || LooksLikeAPath(model)
            ? Path.GetFullPath(model)
            : throw new UsageException($"--model '{model}' is neither a file nor a known name: {string.Join(", ", new ModelCatalog().Models.Select(known => known.Name).Prepend(Classical))}.");
    }

    /// <exception cref="CommandFailedException">The file is gone, or the model has not been downloaded.</exception>
    public static IFeatureExtractor Load(string reference)
    {
        if (reference == Classical)
        {
            return new ClassicalFeatureExtractor();
        }

        var catalog = new ModelCatalog();
        if (catalog.Find(reference) is ModelDescription known)
        {
            return catalog.IsDownloaded(known.Name)
                ? new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelName = known.Name, Catalog = catalog })
                : throw new CommandFailedException($"the model {known.Name} has not been downloaded: run 'artsim models download {known.Name}' ({known.Size / 1_000_000} MB).");
        }

        return File.Exists(reference)
            ? new OnnxFeatureExtractor(new OnnxFeatureExtractorOptions { ModelPath = reference })
            : throw new CommandFailedException($"the model file {reference} is not there (any more): say with --model where it is now.");
    }

    private static bool LooksLikeAPath(string model) =>
        model.Contains('/') || model.Contains(Path.DirectorySeparatorChar) || model.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);
}
