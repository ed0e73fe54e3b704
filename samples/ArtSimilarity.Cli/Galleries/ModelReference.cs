using ArtSimilarity.Cli.CommandLine;
using ArtSimilarity.Features;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>What <c>--model</c> names: the classical baseline, a model of the catalogue, or an ONNX file.</summary>
internal static class ModelReference
{
    public const string Classical = "classical";

    /// <summary>What precedes the name of signatures that were imported: no model is known that makes such from an image.</summary>
    public const string Imported = "annoy:";

    public const string Help = "classical (needs no model), a name that 'artsim models' lists, or the path of an ONNX file.";

    /// <summary>The form that a gallery remembers: the name, or the absolute path.</summary>
    /// <exception cref="UsageException">It is neither a known name nor a file.</exception>
    public static string Normalize(string model)
    {
        if (model.Equals(Classical, StringComparison.OrdinalIgnoreCase))
        {
            return Classical;
        }

        if (IsImported(model))
        {
            return model;
        }

        if (new ModelCatalog().Find(model) is ModelDescription known)
        {
            return known.Name;
        }

        return File.Exists(model) || LooksLikeAPath(model)
            ? Path.GetFullPath(model)
            : throw new UsageException($"--model '{model}' is neither a file nor a known name: {string.Join(", ", new ModelCatalog().Models.Select(known => known.Name).Prepend(Classical))}.");
    }

    /// <summary>Whether it names imported signatures instead of a model.</summary>
    public static bool IsImported(string reference) => reference.StartsWith(Imported, StringComparison.Ordinal);

    /// <exception cref="CommandFailedException">The file is gone, the model has not been downloaded, or there is none.</exception>
    public static IFeatureExtractor Load(string reference)
    {
        if (reference == Classical)
        {
            return new ClassicalFeatureExtractor();
        }

        if (IsImported(reference))
        {
            throw new CommandFailedException($"the signatures {reference} were imported, and no model is known that makes such from an image: search by the key of a work, or name a model with --model.");
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
