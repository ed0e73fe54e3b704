using ArtSimilarity.CommandLine;
using ArtSimilarity.Features;
using ArtSimilarity.Files;
using ArtSimilarity.Onnx;

namespace ArtSimilarity.Cli.Galleries;

/// <summary>What <c>--model</c> names: the classical baseline, a model of the catalogue, or an ONNX file.</summary>
internal static class ModelReference
{
    public const string Classical = ModelOrigin.Classical;

    /// <summary>What precedes the name of signatures that were imported: no model is known that makes such from an image.</summary>
    public const string Imported = "annoy:";

    /// <summary>The output of a model of ArtSimilarity.Training by which the very work is found.</summary>
    private const string WorksOutput = "work";

    public const string Help = "classical (histograms, no network), a name that 'artsim models' lists, or the path of an ONNX file; grey: before it takes the colours out of pictures first, and #OUTPUT behind it names another output.";

    /// <summary>What is taken where nothing is said: the model that comes with the packages, and classical in a build without it.</summary>
    public static string Default => ModelOrigin.Default.Name;

    /// <summary>The form that a gallery remembers: the name, or the absolute path.</summary>
    /// <exception cref="UsageException">It is neither a known name nor a file.</exception>
    public static string Normalize(string model)
    {
        if (IsGrey(model))
        {
            return Grey(Normalize(OfColours(model)));
        }

        if (OutputOf(model) is string output)
        {
            return Normalize(FileOf(model)) + ModelOrigin.OutputSeparator + output;
        }

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

        if (FileKinds.Fault(model) is string fault)
        {
            throw new CommandFailedException($"--model {model} {fault}.");
        }

        return File.Exists(model) || LooksLikeAPath(model)
            ? Path.GetFullPath(model)
            : throw new UsageException($"--model '{model}' is neither a file nor a known name; {NearestWord.Hint(model, [.. new ModelCatalog().Models.Select(known => known.Name).Prepend(Classical)])}");
    }

    /// <summary>The form that a gallery remembers of what <c>--model</c> and <c>--grey</c> say; <see langword="null"/> where they name no model.</summary>
    /// <exception cref="UsageException">It is neither a known name nor a file, or nothing is known that sees grey images so.</exception>
    public static string? Normalize(string? model, bool isGrey) => model is null ? null : isGrey ? Grey(Normalize(model)) : Normalize(model);

    /// <summary>The same model for images without their colours.</summary>
    /// <exception cref="UsageException">It names imported signatures.</exception>
    public static string Grey(string reference) => IsImported(reference)
        ? throw new UsageException($"the signatures {reference} were imported, and no model is known that could see grey images so: name one with --model.")
        : IsGrey(reference) ? reference : ModelOrigin.GreyPrefix + reference;

    /// <summary>Whether the model sees images without their colours.</summary>
    public static bool IsGrey(string reference) => reference.StartsWith(ModelOrigin.GreyPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The same model for images with their colours.</summary>
    public static string OfColours(string reference) => IsGrey(reference) ? OfColours(reference[ModelOrigin.GreyPrefix.Length..]) : reference;

    /// <summary>The name or path alone, without what is said of colours and outputs.</summary>
    public static string FileOf(string reference)
    {
        string ofColours = OfColours(reference);
        return OutputOf(ofColours) is string output ? ofColours[..^(output.Length + 1)] : ofColours;
    }

    /// <summary>Whether it names imported signatures instead of a model.</summary>
    public static bool IsImported(string reference) => reference.StartsWith(Imported, StringComparison.Ordinal);

    /// <param name="reference">The name or path.</param>
    /// <param name="loadTimeout">How long it may take; <see langword="null"/> for the default of the package.</param>
    /// <exception cref="CommandFailedException">The file is gone, the model has not been downloaded, or there is none.</exception>
    public static IFeatureExtractor Load(string reference, TimeSpan? loadTimeout)
    {
        if (IsImported(reference))
        {
            throw new CommandFailedException($"the signatures {reference} were imported, and no model is known that makes such from an image: search by the key of a work, or name a model with --model.");
        }

        ThrowUnlessThere(FileOf(reference));
        return ModelOrigin.Parse(reference).CreateExtractor(options => options.LoadTimeLimit = loadTimeout);
    }

    /// <summary>Loads a model for every signature that it says it has, the one it is named by first. All of them come from one pass.</summary>
    /// <param name="reference">The name or path. With an output behind it, it is that one alone; so it is without colours.</param>
    /// <param name="loadTimeout">How long it may take; <see langword="null"/> for the default of the package.</param>
    /// <exception cref="CommandFailedException">The file is gone, the model has not been downloaded, or there is none.</exception>
    public static IReadOnlyList<IFeatureExtractor> LoadAll(string reference, TimeSpan? loadTimeout)
    {
        List<IFeatureExtractor> extractors = [Load(reference, loadTimeout)];
        if (FileOf(reference) != reference || extractors[0] is not OnnxFeatureExtractor { TrainedModel.Signatures: { Count: > 1 } signatures })
        {
            return extractors;
        }

        try
        {
            extractors.AddRange(signatures.Skip(1).Select(signature => Load(reference + ModelOrigin.OutputSeparator + signature.Output, loadTimeout)));
            return extractors;
        }
        catch
        {
            extractors.ForEach(extractor => (extractor as IDisposable)?.Dispose());
            throw;
        }
    }

    /// <summary>The same model's signatures by which the very work is found.</summary>
    public static string ForWorks(string reference) => FileOf(reference) + ModelOrigin.OutputSeparator + WorksOutput;

    /// <param name="model">What <c>--model</c> says; <see langword="null"/> for the model that comes with the packages.</param>
    /// <param name="target">What is to be told, e.g. <c>genre</c>; <see langword="null"/> for what the model tells first.</param>
    /// <param name="flipAverage">Whether each image is also looked at mirrored.</param>
    /// <param name="loadTimeout">How long it may take; <see langword="null"/> for the default of the package.</param>
    /// <exception cref="CommandFailedException">The file is gone, the model has not been downloaded, or none comes with this build.</exception>
    /// <exception cref="UsageException">It names no model that could tell labels.</exception>
    public static OnnxImageClassifier LoadClassifier(string? model, string? target, bool flipAverage, TimeSpan? loadTimeout)
    {
        var options = new OnnxImageClassifierOptions { Target = target, FlipAverage = flipAverage, LoadTimeLimit = loadTimeout };
        if (model is not null)
        {
            string reference = Normalize(model);
            if (reference == Classical || IsImported(reference) || FileOf(reference) != reference)
            {
                throw new UsageException($"--model {reference} tells no labels: name a model that was trained to, or leave it out for the one that comes with artsim.");
            }

            Name(reference, options);
        }
        else if (Default == Classical)
        {
            throw new CommandFailedException("no model comes with this build of artsim: name one with --model.");
        }

        return new OnnxImageClassifier(options);
    }

    private static void Name(string reference, OnnxModelOptions options)
    {
        ThrowUnlessThere(reference);
        var catalog = new ModelCatalog();
        if (catalog.Find(reference) is ModelDescription known)
        {
            (options.ModelName, options.Catalog) = (known.Name, catalog);
        }
        else
        {
            options.ModelPath = reference;
        }
    }

    /// <exception cref="CommandFailedException">The file is gone, or the model has not been downloaded.</exception>
    private static void ThrowUnlessThere(string reference)
    {
        var catalog = new ModelCatalog();
        if (catalog.Find(reference) is ModelDescription known)
        {
            if (!catalog.IsDownloaded(known.Name))
            {
                throw new CommandFailedException($"the model {known.Name} has not been downloaded: run 'artsim models download {known.Name}' ({known.Size / 1_000_000} MB).");
            }
        }
        else if (reference != Classical && !File.Exists(reference))
        {
            throw new CommandFailedException($"the model file {reference} is not there (any more): say with --model where it is now.");
        }
    }

    private static string? OutputOf(string reference) => string.IsNullOrWhiteSpace(reference) || File.Exists(reference) ? null : ModelOrigin.Parse(reference).Output;

    private static bool LooksLikeAPath(string model) =>
        model.Contains('/') || model.Contains(Path.DirectorySeparatorChar) || model.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);
}
