using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ArtSimilarity.Onnx.Metadata;

namespace ArtSimilarity.Onnx;

/// <summary>
/// What a model trained by ArtSimilarity.Training says of itself, in the metadata properties of its ONNX file: what it tells
/// about an image, how pixels become its input, and where it comes from.
/// </summary>
/// <remarks>Does not change once created, so it may be read from several threads.</remarks>
public sealed class TrainedModelInfo
{
    private const string Prefix = "artsimilarity.";
    private const string FormatKey = Prefix + "format";
    private const string VersionKey = Prefix + "version";
    private const string TargetsKey = Prefix + "targets";
    private const string SignaturesKey = Prefix + "signatures";
    private const string PreprocessingKey = Prefix + "preprocessing";
    private const string TrainingSetKey = Prefix + "training_set";
    private const string BaseKey = Prefix + "base";
    private const string RecipeKey = Prefix + "recipe";
    private const string Format = "1";

    /// <summary>The version of the model, e.g. <c>genre-mobilenetv2 1</c>.</summary>
    /// <exception cref="ArgumentException">The version is empty.</exception>
    public required string Version
    {
        get;
        init => field = Checked(value);
    }

    /// <summary>What the model tells about an image, the primary target first. At least one; no column twice. Copied.</summary>
    /// <exception cref="ArgumentException">There is no target, or two of one column.</exception>
    public required IReadOnlyList<TrainedModelTarget> Targets
    {
        get;
        init => field = Checked(value);
    }

    /// <summary>How pixels become the model's input.</summary>
    public required ImagePreprocessing Preprocessing { get; init; }

    /// <summary>
    /// The signatures that the model computes, the primary one first, where it says so: models with more than one do. Empty for the others,
    /// whose only signature is their output <c>embedding</c>. No output twice. Copied.
    /// </summary>
    /// <exception cref="ArgumentException">A signature is null, or two are of one output.</exception>
    public IReadOnlyList<TrainedModelSignature> Signatures
    {
        get;
        init => field = Checked(value);
    }
    = [];

    /// <summary>The fingerprint of what the model was trained on, <c>sha256:…</c>; <see langword="null"/> where it is not said.</summary>
    public string? TrainingSet { get; init; }

    /// <summary>The name and hash of the model that the training began with; <see langword="null"/> where it is not said.</summary>
    public string? Base { get; init; }

    /// <summary>How the model was trained, as JSON, an array where one training went on from another; <see langword="null"/> where it is not said.</summary>
    public string? Recipe { get; init; }

    /// <summary>Reads what a model says of itself.</summary>
    /// <param name="properties">The metadata properties of the ONNX file; other programs' may be among them.</param>
    /// <param name="modelName">What the model is called in errors.</param>
    /// <returns>The information, or <see langword="null"/> where there is none: the model was not written by ArtSimilarity.Training.</returns>
    /// <exception cref="OnnxModelException">The information is incomplete, malformed, or of a format that this version does not know; names the property.</exception>
    public static TrainedModelInfo? FromProperties(IReadOnlyDictionary<string, string> properties, string modelName = "model")
    {
        ArgumentNullException.ThrowIfNull(properties);
        ArgumentNullException.ThrowIfNull(modelName);
        if (!properties.Keys.Any(key => key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            return null;
        }

        string format = Require(FormatKey);
        if (format != Format)
        {
            throw new OnnxModelException(modelName, $"its metadata property {FormatKey} is '{format}'; this version of ArtSimilarity reads {Format}.");
        }

        return new TrainedModelInfo
        {
            Version = Parse(VersionKey, Checked),
            Targets = Parse(TargetsKey, json => Checked(Deserialize(json, TrainedModelJson.Default.IReadOnlyListTrainedModelTarget))),
            Preprocessing = Parse(PreprocessingKey, json => Deserialize(json, TrainedModelJson.Default.PreprocessingDocument).ToPreprocessing()),
            Signatures = properties.ContainsKey(SignaturesKey) ? Parse(SignaturesKey, json => Checked(Deserialize(json, TrainedModelJson.Default.IReadOnlyListTrainedModelSignature))) : [],
            TrainingSet = properties.GetValueOrDefault(TrainingSetKey),
            Base = properties.GetValueOrDefault(BaseKey),
            Recipe = properties.GetValueOrDefault(RecipeKey),
        };

        string Require(string key) => properties.GetValueOrDefault(key) ?? throw new OnnxModelException(modelName, $"its metadata lacks the property {key}.");

        T Parse<T>(string key, Func<string, T> read)
        {
            try
            {
                return read(Require(key));
            }
            catch (Exception e) when (e is JsonException or ArgumentException)
            {
                throw new OnnxModelException(modelName, $"its metadata property {key} cannot be used: {e.Message}", e);
            }
        }
    }

    /// <summary>Writes it as metadata properties for an ONNX file, as <see cref="FromProperties"/> reads them.</summary>
    /// <returns>The properties by their key; a new dictionary.</returns>
    public IReadOnlyDictionary<string, string> ToProperties()
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] = Format,
            [VersionKey] = Version,
            [TargetsKey] = JsonSerializer.Serialize(Targets, TrainedModelJson.Default.IReadOnlyListTrainedModelTarget),
            [PreprocessingKey] = JsonSerializer.Serialize(PreprocessingDocument.From(Preprocessing), TrainedModelJson.Default.PreprocessingDocument),
        };
        if (Signatures.Count > 0)
        {
            properties[SignaturesKey] = JsonSerializer.Serialize(Signatures, TrainedModelJson.Default.IReadOnlyListTrainedModelSignature);
        }

        foreach ((string key, string? value) in new[] { (TrainingSetKey, TrainingSet), (BaseKey, Base), (RecipeKey, Recipe) })
        {
            if (value is not null)
            {
                properties[key] = value;
            }
        }

        return properties;
    }

    private static string Checked(string version) =>
        string.IsNullOrWhiteSpace(version) ? throw new ArgumentException("The version is empty.", nameof(version)) : version;

    private static ReadOnlyCollection<TrainedModelTarget> Checked(IReadOnlyList<TrainedModelTarget> targets)
    {
        ArgumentNullException.ThrowIfNull(targets, nameof(targets));
        TrainedModelTarget[] copy = [.. targets];
        if (copy.Length == 0 || Array.Exists(copy, target => target is null))
        {
            throw new ArgumentException(copy.Length == 0 ? "There are no targets." : "A target is null.", nameof(targets));
        }

        string? repeated = copy.GroupBy(target => target.Column, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        return repeated is null ? Array.AsReadOnly(copy) : throw new ArgumentException($"The target '{repeated}' is there twice.", nameof(targets));
    }

    private static ReadOnlyCollection<TrainedModelSignature> Checked(IReadOnlyList<TrainedModelSignature> signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures, nameof(signatures));
        TrainedModelSignature[] copy = [.. signatures];
        if (Array.Exists(copy, signature => signature is null))
        {
            throw new ArgumentException("A signature is null.", nameof(signatures));
        }

        string? repeated = copy.GroupBy(signature => signature.Output, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        return repeated is null ? Array.AsReadOnly(copy) : throw new ArgumentException($"The signature '{repeated}' is there twice.", nameof(signatures));
    }

    private static T Deserialize<T>(string json, JsonTypeInfo<T> type)
        where T : class =>
        JsonSerializer.Deserialize(json, type) ?? throw new JsonException("It is null.");
}
