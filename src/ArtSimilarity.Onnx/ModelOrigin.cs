using System.Buffers;
using System.Text.Json.Serialization;
using ArtSimilarity.Features;

namespace ArtSimilarity.Onnx;

/// <summary>What makes the signatures of a feature space: a model, which file it is and where it came from, as a gallery remembers it.</summary>
/// <param name="Name">
/// <see cref="Classical"/>, the name of a model of the catalogue (<see cref="ModelCatalog.KnownModels"/>), or what the model is called in its
/// feature space.
/// </param>
public sealed record ModelOrigin(string Name)
{
    private static readonly SearchValues<char> OutputCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    /// <summary>The name of <see cref="ClassicalFeatureExtractor"/>, which needs no file.</summary>
    public const string Classical = "classical";

    /// <summary>What stands before the name or path of a model that sees images without their colours, as in <c>grey:classical</c>.</summary>
    public const string GreyPrefix = "grey:";

    /// <summary>What stands between the name or path of a model and the name of one of its outputs, as in <c>two.onnx#work</c>.</summary>
    public const char OutputSeparator = '#';

    /// <summary>The full path of the model's file; <see langword="null"/> where it comes with a package, is in the catalogue, or was given as bytes.</summary>
    public string? Path { get; init; }

    /// <summary>The SHA-256 of the model's file in hexadecimal digits; <see langword="null"/> where there is none.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Where the file can be had, such as the address it is downloaded from; <see langword="null"/> where that is not known.</summary>
    public string? Source { get; init; }

    /// <summary>Whether the model sees images without their colours (<see cref="GreyFeatureExtractor"/>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsGrey { get; init; }

    /// <summary>The model's output that holds the signature, where it is another than the usual one; <see langword="null"/> otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? Output { get; init; }

    /// <summary>
    /// The path, or the name where there is none, with <see cref="GreyPrefix"/> before it for grey images, and <see cref="OutputSeparator"/> and
    /// <see cref="Output"/> behind it: what <see cref="Parse"/> takes.
    /// </summary>
    [JsonIgnore]
    public string Reference => (IsGrey ? GreyPrefix : "") + (Path ?? Name) + (Output is null ? "" : OutputSeparator + Output);

    /// <summary>What a program takes where no model is named: the one that comes with the packages, and <see cref="Classical"/> in a build without one.</summary>
    [JsonIgnore]
    public static ModelOrigin Default => new(ModelCatalog.KnownModels.FirstOrDefault(model => model.IsEmbedded)?.Name ?? Classical);

    /// <summary>What an extractor was made from.</summary>
    /// <param name="extractor">The extractor.</param>
    /// <returns>The origin; of an extractor of another kind the name of its feature space alone.</returns>
    public static ModelOrigin Of(IFeatureExtractor extractor)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        return extractor switch
        {
            OnnxFeatureExtractor onnx => onnx.Origin,
            ClassicalFeatureExtractor => new ModelOrigin(Classical),
            GreyFeatureExtractor grey => Of(grey.Extractor) with { IsGrey = true },
            _ => new ModelOrigin(NameIn(extractor.Space)),
        };
    }

    /// <summary>What a name or path stands for.</summary>
    /// <param name="reference">
    /// A name, or the absolute path of a file; behind <see cref="GreyPrefix"/> for grey images. Letters, digits and underscores behind the last
    /// <see cref="OutputSeparator"/> name an output.
    /// </param>
    /// <returns>The origin, as far as that tells.</returns>
    /// <exception cref="ArgumentException"><paramref name="reference"/> is blank, or nothing but the prefix.</exception>
    public static ModelOrigin Parse(string reference)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reference);
        if (reference.StartsWith(GreyPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return Parse(reference[GreyPrefix.Length..]) with { IsGrey = true };
        }

        int mark = reference.LastIndexOf(OutputSeparator);
        if (mark > 0 && mark < reference.Length - 1 && !reference.AsSpan(mark + 1).ContainsAnyExcept(OutputCharacters))
        {
            return Parse(reference[..mark]) with { Output = reference[(mark + 1)..] };
        }

        return System.IO.Path.IsPathRooted(reference)
            ? new ModelOrigin(System.IO.Path.GetFileNameWithoutExtension(reference)) { Path = reference }
            : new ModelOrigin(reference);
    }

    /// <summary>Makes the extractor anew.</summary>
    /// <param name="configure">
    /// Sets further options of an ONNX model, e.g. a catalogue, or where the file is now; <see langword="null"/> for none. A model that is
    /// named here is taken instead of the one remembered.
    /// </param>
    /// <returns>The extractor; the caller disposes it where it can be disposed.</returns>
    /// <exception cref="OnnxModelException">The model's file is gone or cannot be used, or no model of the name is known.</exception>
    /// <exception cref="ModelDownloadException">The model had to be downloaded and could not be.</exception>
    public IFeatureExtractor CreateExtractor(Action<OnnxFeatureExtractorOptions>? configure = null)
    {
        IFeatureExtractor ofColours = CreateOfColours(configure);
        return IsGrey ? new GreyFeatureExtractor(ofColours) : ofColours;
    }

    /// <summary>The name that a feature space calls its model by.</summary>
    internal static string NameIn(FeatureSpace space) => space.ModelId.LastIndexOf('@') is int at and > 0 ? space.ModelId[..at] : space.ModelId;

    private IFeatureExtractor CreateOfColours(Action<OnnxFeatureExtractorOptions>? configure)
    {
        if (Name == Classical && Path is null)
        {
            return new ClassicalFeatureExtractor();
        }

        var options = new OnnxFeatureExtractorOptions();
        configure?.Invoke(options);
        options.OutputName ??= Output;
        if (options.ModelPath is null && options.ModelBytes is null && options.ModelName is null)
        {
            Choose(options);
        }

        return new OnnxFeatureExtractor(options);
    }

    private void Choose(OnnxFeatureExtractorOptions options)
    {
        if (Path is not null && File.Exists(Path))
        {
            (options.ModelPath, options.ModelName) = (Path, Name);
            return;
        }

        // A file that is gone may be one of the catalogue's: the content decides, and for a name alone the name.
        var catalog = options.Catalog ?? new ModelCatalog();
        ModelDescription? known = Path is null ? catalog.Find(Name) : catalog.Models.FirstOrDefault(model => model.Sha256.Equals(Sha256, StringComparison.OrdinalIgnoreCase) && model.Name == Name);
        if (known is not null)
        {
            (options.ModelName, options.Catalog) = (known.Name, catalog);
            return;
        }

        string hash = Sha256 is null ? "" : $" Its SHA-256 is {Sha256}.", source = Source is null ? "" : $" It came from {Source}.";
        throw new OnnxModelException(Name, Path is null
            ? $"no model of this name is known.{hash}{source} Set ModelPath to its file."
            : $"the file {Path} is not there (any more).{hash}{source} Set ModelPath to where it is now.");
    }
}
