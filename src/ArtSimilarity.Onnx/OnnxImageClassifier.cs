using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx.Classification;
using ArtSimilarity.Onnx.Extraction;

namespace ArtSimilarity.Onnx;

/// <summary>Runs an ONNX image model that tells labels, such as the genre of a painting, with their probabilities.</summary>
/// <remarks>
/// Safe to call from several threads at once: each brings its own buffers, and by default a run of the model uses one thread,
/// so as many callers as there are cores are fastest. Disposing while calls are under way lets them finish first.
/// </remarks>
public sealed class OnnxImageClassifier : IDisposable
{
    private readonly ImageModel _model;
    private readonly bool _applySoftmax;
    private readonly bool _flipAverage;

    /// <summary>Loads a model and runs it once on an empty image, to learn the shape of its output.</summary>
    /// <param name="options">The model and how it is run; read now, not kept.</param>
    /// <remarks>
    /// With <see cref="OnnxModelOptions.AllowDownload"/> this blocks while a model is downloaded; use
    /// <see cref="CreateAsync"/> for progress, cancellation and a free thread.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// The options name two models, an unknown one, a number out of its range, unusable labels, or what does not go together.
    /// </exception>
    /// <exception cref="OnnxModelException">
    /// The file is missing, is no ONNX model, or has no labels or no such target. Or it has several inputs, one that takes no float
    /// images, or one of another size than the preprocessing gives. Or it has no tensor of the name with a number for each label. Or
    /// no model is named and this build carries none.
    /// </exception>
    /// <exception cref="ModelDownloadException">The model had to be downloaded and could not be.</exception>
    public OnnxImageClassifier(OnnxImageClassifierOptions options)
    {
        ThrowUnlessValid(options);
        OnnxModel.DownloadAsync(options, null, CancellationToken.None).GetAwaiter().GetResult();
        var model = OnnxModel.Load(options);
        TrainedModel = model.Info;
        _applySoftmax = options.ApplySoftmax;
        _flipAverage = options.FlipAverage;
        string outputName;
        if (options.Labels is null)
        {
            TrainedModelTarget target = FindTarget(model, options.Target);
            Target = target.Column;
            Labels = target.Labels;
            outputName = target.Output;
        }
        else
        {
            Labels = TrainedModelTarget.CheckedLabels(options.Labels, "options.Labels");
            outputName = options.OutputName ?? DefaultOutput(model);
        }

        ModelId = model.Id;
        _model = new ImageModel(model, options, outputName);
        if (_model.Output.Positions != 1 || _model.Output.Dimensions != Labels.Count)
        {
            ModelOutput output = _model.Output;
            _model.Dispose();
            throw new OnnxModelException(
                model.Name, $"its tensor '{output.Name}' is of shape {ModelInput.Text(output.Shape)}, and {Labels.Count} labels need [N, {Labels.Count}].");
        }
    }

    /// <summary>The labels, in the order of the probabilities; at least one.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>What is told: the column of the training set, e.g. <c>genre</c>; <see langword="null"/> where the options gave the labels.</summary>
    public string? Target { get; }

    /// <summary>The model's name and the beginning of its file's SHA-256, e.g. <c>genre-mobilenetv2@0123456789ab</c>.</summary>
    public string ModelId { get; }

    /// <summary>What the model says of itself; <see langword="null"/> where it was not trained by ArtSimilarity.Training.</summary>
    public TrainedModelInfo? TrainedModel { get; }

    /// <summary>The size that images should have at least so that no detail is made up, in pixels; any size is taken.</summary>
    public ImageSize InputSize => _model.Preprocessing.WantedSize;

    /// <summary>Loads a model as the constructor does, but downloads, where that is allowed and needed, without blocking.</summary>
    /// <param name="options">The model and how it is run.</param>
    /// <param name="progress">Told about a download; <see langword="null"/> for nobody.</param>
    /// <param name="cancellationToken">Cancels a download.</param>
    /// <returns>The classifier; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">See the constructor.</exception>
    /// <exception cref="OnnxModelException">See the constructor.</exception>
    /// <exception cref="ModelDownloadException">The model had to be downloaded and could not be.</exception>
    public static async Task<OnnxImageClassifier> CreateAsync(
        OnnxImageClassifierOptions options, IProgress<ModelDownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ThrowUnlessValid(options);
        await OnnxModel.DownloadAsync(options, progress, cancellationToken).ConfigureAwait(false);
        return new OnnxImageClassifier(options);
    }

    /// <summary>Tells how probable each label is for each image.</summary>
    /// <param name="images">The images, of any size; not changed.</param>
    /// <param name="probabilities">
    /// Filled with images × labels numbers from 0 to 1, row-major: those of one image lie together, in the order of
    /// <see cref="Labels"/>, and sum to 1.
    /// </param>
    /// <param name="cancellationToken">Cancels between images, and between two operators of the model.</param>
    /// <exception cref="ArgumentException"><paramref name="probabilities"/> has another length.</exception>
    /// <exception cref="ObjectDisposedException">The classifier has been disposed.</exception>
    /// <exception cref="OnnxModelException">The model failed, or its output is no probabilities.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public void Classify(ReadOnlySpan<RgbImage> images, Span<float> probabilities, CancellationToken cancellationToken = default)
    {
        if (probabilities.Length != (long)images.Length * Labels.Count)
        {
            throw new ArgumentException(
                $"The probabilities of {images.Length} images are {(long)images.Length * Labels.Count} numbers ({Labels.Count} each), not {probabilities.Length}.", nameof(probabilities));
        }

        var writer = new ProbabilityWriter(_model, _applySoftmax, probabilities);
        _model.Run(images, _model.Outputs, _flipAverage, ref writer, cancellationToken);
    }

    /// <summary>Frees the model once no call is under way.</summary>
    public void Dispose() => _model.Dispose();

    private static void ThrowUnlessValid(OnnxImageClassifierOptions options)
    {
        ImageModel.ThrowUnlessValid(options);
        if (options.Labels is not null && options.Target is not null)
        {
            throw new ArgumentException("Set Labels or Target, not both: a target brings its own labels.", nameof(options));
        }

        if (options.Labels is null && (options.OutputName is not null || options.ApplySoftmax))
        {
            throw new ArgumentException("Set OutputName and ApplySoftmax only together with Labels. A model that brings its labels says the rest itself.", nameof(options));
        }
    }

    private static TrainedModelTarget FindTarget(OnnxModel model, string? column)
    {
        IReadOnlyList<TrainedModelTarget> targets = model.Info?.Targets ?? throw new OnnxModelException(
            model.Name, $"has no labels: it was not written by ArtSimilarity.Training. Set Labels and OutputName (its outputs: {string.Join(", ", model.Graph.Outputs)}).") { LacksLabels = true };
        TrainedModelTarget? target = column is null ? targets[0] : targets.FirstOrDefault(target => target.Column == column);
        return target ?? throw new OnnxModelException(model.Name, $"has no target '{column}', but {string.Join(", ", targets.Select(known => known.Column))}.");
    }

    private static string DefaultOutput(OnnxModel model) =>
        model.Graph.Outputs.Contains("probabilities") ? "probabilities"
        : model.Graph.Outputs.Count == 1 ? model.Graph.Outputs[0]
        : throw new OnnxModelException(model.Name, $"has several outputs ({string.Join(", ", model.Graph.Outputs)}): set OutputName to the one of the labels.");
}
