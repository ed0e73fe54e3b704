using System.Numerics.Tensors;
using ArtSimilarity.Features;
using ArtSimilarity.Imaging;
using ArtSimilarity.Onnx.Extraction;
using ArtSimilarity.Onnx.Maps;

namespace ArtSimilarity.Onnx;

/// <summary>
/// Runs an ONNX image model and takes one of its tensors as signature, L2-normalised: every signature has norm 1, but for a
/// model's output of nothing but zeros, which stays zero.
/// </summary>
/// <remarks>
/// Safe to call from several threads at once: each brings its own buffers, and by default a run of the model uses one thread,
/// so as many callers as there are cores are fastest. Disposing while calls are under way lets them finish first. The first call that
/// needs a feature map loads the part of the model in front of its pooling a second time; until then it takes no memory.
/// </remarks>
public sealed class OnnxFeatureExtractor : IFeatureMapExtractor, ISharedPassExtractor, IDisposable
{
    private readonly ImageModel _model;
    private readonly OnnxModelOptions _options;
    private readonly Lock _lock = new();
    private MapModel? _maps;
    private bool _disposed;

    /// <summary>Loads a model and runs it once on an empty image, to learn the shape of its output.</summary>
    /// <param name="options">The model and how it is run; copied. The bytes of a model in memory are kept, and must not change.</param>
    /// <remarks>
    /// With <see cref="OnnxModelOptions.AllowDownload"/> this blocks while a model is downloaded; use
    /// <see cref="CreateAsync"/> for progress, cancellation and a free thread.
    /// </remarks>
    /// <exception cref="ArgumentException">The options name two models, an unknown one, or a number out of its range.</exception>
    /// <exception cref="OnnxModelException">
    /// The file is missing, is no ONNX model, or does not finish loading in time. Or it has several inputs, one that takes no float
    /// images, or one of another size than the preprocessing gives. Or it has no tensor of the name or of a usable shape. Or it keeps
    /// weights in a file that is missing or outside its folder, or says of itself what cannot be read. Or no model is named and this
    /// build carries none.
    /// </exception>
    /// <exception cref="ModelDownloadException">The model had to be downloaded and could not be.</exception>
    public OnnxFeatureExtractor(OnnxFeatureExtractorOptions options)
    {
        ImageModel.ThrowUnlessValid(options);
        _options = options.Copy();
        OnnxModel.DownloadAsync(options, null, CancellationToken.None).GetAwaiter().GetResult();
        var model = OnnxModel.Load(options);
        _model = new ImageModel(model, options, options.OutputName ?? model.Describe(options)?.OutputName);
        TrainedModel = model.Info;
        string? tap = _model.Output.Name == ModelOutput.DefaultName(model.Graph) ? null : _model.Output.Name;
        Space = new FeatureSpace(tap is null ? model.Id : $"{model.Id}:{tap}", _model.Preprocessing.ToString(), _model.Output.Dimensions);
        Origin = new ModelOrigin(model.Name)
        {
            Path = options.ModelPath is null ? null : Path.GetFullPath(options.ModelPath),
            Sha256 = model.Sha256,
            Output = tap == model.Describe(options)?.OutputName ? null : tap,
            Source = model.Describe(options) is { Uris: [Uri first, ..] } ? first.AbsoluteUri : null,
        };
    }

    /// <summary>Which model it is and where it came from: what a gallery remembers (<see cref="GalleryModels"/>).</summary>
    public ModelOrigin Origin { get; }

    /// <inheritdoc />
    public FeatureSpace Space { get; }

    /// <inheritdoc />
    public ImageSize InputSize => _model.Preprocessing.WantedSize;

    /// <inheritdoc />
    public ImageSize RegionInputSize => new(2 * _model.Preprocessing.InputSize.Width, 2 * _model.Preprocessing.InputSize.Height);

    /// <summary>What the model says of itself; <see langword="null"/> where it was not trained by ArtSimilarity.Training.</summary>
    public TrainedModelInfo? TrainedModel { get; }

    /// <summary>Loads a model as the constructor does, but downloads, where that is allowed and needed, without blocking.</summary>
    /// <param name="options">The model and how it is run.</param>
    /// <param name="progress">Told about a download; <see langword="null"/> for nobody.</param>
    /// <param name="cancellationToken">Cancels a download.</param>
    /// <returns>The extractor; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">See the constructor.</exception>
    /// <exception cref="OnnxModelException">See the constructor.</exception>
    /// <exception cref="ModelDownloadException">The model had to be downloaded and could not be.</exception>
    public static async Task<OnnxFeatureExtractor> CreateAsync(
        OnnxFeatureExtractorOptions options, IProgress<ModelDownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ImageModel.ThrowUnlessValid(options);
        await OnnxModel.DownloadAsync(options, progress, cancellationToken).ConfigureAwait(false);
        return new OnnxFeatureExtractor(options);
    }

    /// <inheritdoc />
    /// <remarks>The model runs on the calling thread, and on those that <see cref="OnnxModelOptions.IntraOpThreads"/> adds.</remarks>
    /// <exception cref="ObjectDisposedException">The extractor has been disposed.</exception>
    /// <exception cref="OnnxModelException">The model failed.</exception>
    public ValueTask ExtractAsync(ReadOnlyMemory<RgbImage> images, Memory<float> signatures, CancellationToken cancellationToken = default)
    {
        Extract(images.Span, signatures.Span, cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <value>
    /// <see langword="true"/> for this one, and for extractors of the same file and the same preprocessing that read another of the file's outputs, like
    /// <c>embedding</c> and <c>work</c> of the models that ArtSimilarity.Training writes.
    /// </value>
    public bool SharesPassWith(IFeatureExtractor other) => other is OnnxFeatureExtractor extractor && _model.Gives(extractor._model);

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The extractor has been disposed.</exception>
    /// <exception cref="OnnxModelException">The model failed.</exception>
    public ValueTask ExtractTogetherAsync(
        ReadOnlyMemory<RgbImage> images, IReadOnlyList<IFeatureExtractor> extractors, IReadOnlyList<Memory<float>> signatures, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(extractors);
        ArgumentNullException.ThrowIfNull(signatures);
        if (extractors.Count == 0 || extractors.Count != signatures.Count)
        {
            throw new ArgumentException($"There are {extractors.Count} extractors and {signatures.Count} places for signatures: give one of each at least, and as many.", nameof(signatures));
        }

        if (extractors.FirstOrDefault(extractor => !SharesPassWith(extractor)) is { } stranger)
        {
            throw new ArgumentException($"A pass of {Space} gives no signatures of {stranger.Space}.", nameof(extractors));
        }

        OnnxFeatureExtractor[] together = [.. extractors.Cast<OnnxFeatureExtractor>()];
        Memory<float>[] places = [.. signatures];
        for (int i = 0; i < together.Length; i++)
        {
            together[i].RequireLength(images.Length, places[i].Length);
        }

        // A tensor is bound once, even when it is asked for twice.
        int[] firsts = [.. Enumerable.Range(0, together.Length).DistinctBy(i => together[i]._model.Output.Name)];
        Memory<float>[] bound = Array.ConvertAll(firsts, i => places[i]);
        Extract(images.Span, Array.ConvertAll(firsts, i => together[i]._model.Output), bound[0].Span, bound.AsSpan(1), cancellationToken);
        for (int i = 0; i < together.Length; i++)
        {
            int first = Array.FindIndex(together, extractor => extractor._model.Output.Name == together[i]._model.Output.Name);
            if (first != i)
            {
                places[first].CopyTo(places[i]);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Extracts the signatures of <paramref name="images"/> on this thread.</summary>
    /// <param name="images">The images; none of them is changed or kept.</param>
    /// <param name="signatures">Receives one signature after the other: <c>images.Length × Space.Dimensions</c> numbers.</param>
    /// <param name="cancellationToken">Cancels between images, and between two operators of the model.</param>
    /// <exception cref="ArgumentException"><paramref name="signatures"/> has another length.</exception>
    /// <exception cref="ObjectDisposedException">The extractor has been disposed.</exception>
    /// <exception cref="OnnxModelException">The model failed.</exception>
    /// <exception cref="FeatureExtractionException">The model gives numbers that are not finite for some images.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public void Extract(ReadOnlySpan<RgbImage> images, Span<float> signatures, CancellationToken cancellationToken = default)
    {
        RequireLength(images.Length, signatures.Length);
        Extract(images, _model.Outputs, signatures, [], cancellationToken);
    }

    /// <inheritdoc />
    /// <exception cref="ObjectDisposedException">The extractor has been disposed.</exception>
    /// <exception cref="OnnxModelException">The model is needed a second time, and cannot be loaded or has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side of <paramref name="inputSize"/> is below 1 or above 8192.</exception>
    public ValueTask<FeatureMap> ExtractMapAsync(RgbImage image, ImageSize? inputSize = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return ValueTask.FromResult(Maps(cancellationToken).Extract(image, inputSize, cancellationToken)[0]);
    }

    /// <inheritdoc />
    /// <exception cref="ObjectDisposedException">The extractor has been disposed.</exception>
    /// <exception cref="OnnxModelException">The model is needed a second time, and cannot be loaded or has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side of <paramref name="inputSize"/> is below 1 or above 8192.</exception>
    public ValueTask ExtractRegionsAsync(
        RgbImage image, ReadOnlyMemory<ImageRegion> regions, ImageSize? inputSize, Memory<float> signatures, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        int dimensions = Space.Dimensions;
        if (signatures.Length != (long)regions.Length * dimensions)
        {
            throw new ArgumentException(
                $"The signatures of {regions.Length} regions have {(long)regions.Length * dimensions} numbers ({dimensions} each), not {signatures.Length}.", nameof(signatures));
        }

        MapModel model = Maps(cancellationToken);
        FeatureMap[] maps = model.Extract(image, inputSize ?? RegionInputSize, cancellationToken);
        List<int> unusable = [];
        for (int i = 0; i < regions.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<float> signature = signatures.Span.Slice(i * dimensions, dimensions);
            model.Signature(maps, regions.Span[i]).CopyTo(signature);
            if (!TryNormalize(signature))
            {
                signature.Fill(float.NaN); // no gallery takes it, should a caller pass the exception over
                unusable.Add(i);
            }
        }

        return unusable.Count == 0 ? ValueTask.CompletedTask : throw new FeatureExtractionException(NotFinite("region"), unusable, regions.Length);
    }

    /// <inheritdoc />
    /// <exception cref="ObjectDisposedException">The extractor has been disposed.</exception>
    /// <exception cref="OnnxModelException">The model is needed a second time, and cannot be loaded or has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side of <paramref name="inputSize"/> is below 1 or above 8192.</exception>
    public ValueTask<SignatureDecomposition> DecomposeAsync(
        RgbImage image, ImageRegion? region = null, ImageSize? inputSize = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        MapModel model = Maps(cancellationToken);
        FeatureMap[] maps = model.Extract(image, inputSize ?? (region is null ? null : RegionInputSize), cancellationToken);
        SignatureDecomposition decomposition = model.Decompose(maps, region ?? new ImageRegion(0, 0, 1, 1), cancellationToken);
        return double.IsFinite(decomposition.Norm) ? ValueTask.FromResult(decomposition) : throw new FeatureExtractionException(NotFinite("picture"));
    }

    /// <summary>Frees the model once no call is under way.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _maps?.Dispose();
        }

        _model.Dispose();
    }

    /// <summary>Scales to norm 1, whatever the magnitude; a zero vector stays.</summary>
    /// <returns><see langword="false"/> where a number is not finite.</returns>
    internal static bool TryNormalize(Span<float> vector)
    {
        float sum = TensorPrimitives.SumOfSquares(vector);
        if (sum is > 1e-30f and < 1e30f)
        {
            TensorPrimitives.Divide(vector, MathF.Sqrt(sum), vector);
            return true;
        }

        double exact = 0;
        foreach (float value in vector)
        {
            exact += (double)value * value;
        }

        if (!double.IsFinite(exact))
        {
            return false;
        }

        double norm = Math.Sqrt(exact);
        for (int i = 0; norm > 0 && i < vector.Length; i++)
        {
            vector[i] = (float)(vector[i] / norm);
        }

        return true;
    }

    private void Extract(ReadOnlySpan<RgbImage> images, ModelOutput[] outputs, Span<float> first, ReadOnlySpan<Memory<float>> further, CancellationToken cancellationToken)
    {
        var writer = new SignatureWriter(outputs, first, further);
        _model.Run(images, outputs, alsoMirrored: false, ref writer, cancellationToken);
        if (writer.Unusable is { } unusable)
        {
            throw new FeatureExtractionException(NotFinite("picture", writer.UnusableTensor), unusable, images.Length);
        }
    }

    private void RequireLength(int images, int signatures)
    {
        long wanted = (long)images * Space.Dimensions;
        if (signatures != wanted)
        {
            throw new ArgumentException($"The signatures of {images} images have {wanted} numbers ({Space.Dimensions} each), not {signatures}.", nameof(signatures));
        }
    }

    private string NotFinite(string what, string? tensor = null) =>
        $"the model gives numbers that are not finite (NaN or infinity) for this {what} ({_model.Name}, tensor '{tensor ?? _model.Output.Name}')";

    /// <summary>The model cut at its pooling, loaded when it is first needed.</summary>
    private MapModel Maps(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_maps is null)
            {
                var model = OnnxModel.Load(_options);
                if (model.Id != Space.ModelId && !Space.ModelId.StartsWith(model.Id + ":", StringComparison.Ordinal))
                {
                    throw new OnnxModelException(model.Name, $"is another model now ({model.Id}) than the one that was loaded ({Space.ModelId}). Create the extractor again.");
                }

                _maps = new MapModel(model, _model, Space, _options);
            }

            return _maps;
        }
    }
}
