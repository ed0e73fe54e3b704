using ArtSimilarity.Onnx.Extraction;
using ArtSimilarity.Parallelism;
using Microsoft.ML.OnnxRuntime;

namespace ArtSimilarity.Onnx;

/// <summary>
/// Which ONNX model is run, and how. Set at most one of <see cref="ModelPath"/>, <see cref="ModelBytes"/> (with
/// <see cref="ModelName"/> as its name, if you like) and <see cref="ModelName"/> alone; without any it is the model that comes
/// with this package.
/// </summary>
public abstract class OnnxModelOptions
{
    private protected OnnxModelOptions()
    {
    }

    /// <summary>The model's file. The default is <see langword="null"/>.</summary>
    public string? ModelPath { get; set; }

    /// <summary>The model's bytes, not changed. An extractor keeps them for feature maps. The default is <see langword="null"/>.</summary>
    public byte[]? ModelBytes { get; set; }

    /// <summary>
    /// Without a path or bytes: the name of a model of the catalogue (<see cref="ModelCatalog.KnownModels"/>), looked for in
    /// this package and in the cache. With one of them: what the model is called in its feature space and in messages. The
    /// default is <see langword="null"/>: the file's name without its extension, and without path and bytes the model that comes
    /// with this package.
    /// </summary>
    public string? ModelName { get; set; }

    /// <summary>
    /// Whether a model of the catalogue that is not in the cache is downloaded when it is first needed. The default is
    /// <see langword="false"/>: creating the extractor or classifier fails, and says how to download the model.
    /// </summary>
    public bool AllowDownload { get; set; }

    /// <summary>The catalogue that <see cref="ModelName"/> is looked up in. The default is <see langword="null"/>: the known models and the user's cache.</summary>
    public ModelCatalog? Catalog { get; set; }

    /// <summary>
    /// How pixels become the input tensor. The default is <see langword="null"/>: that of a known model, else what the model says
    /// of itself (<see cref="TrainedModelInfo"/>), else <see cref="ImagePreprocessing.ImageNet"/>.
    /// </summary>
    public ImagePreprocessing? Preprocessing { get; set; }

    /// <summary>
    /// The most images that run through the model at once, 1 to 1024; larger batches are cut up. Ignored where the model's
    /// batch size is fixed. The default is 1: on a CPU more gains nothing, as the intermediate results leave the caches, and
    /// costs memory for each thread that extracts. An accelerator wants more.
    /// </summary>
    public int MaxBatchSize { get; set; } = 1;

    /// <summary>
    /// The threads that one run of the model uses: at least 1, or −1 for one per core (which ONNX Runtime itself calls 0). The default is 1, the best throughput when as many
    /// threads as there are cores call the extractor or classifier, as indexing does; where images come one by one, more threads
    /// answer sooner.
    /// </summary>
    public int IntraOpThreads { get; set; } = 1;

    /// <summary>
    /// Whether threads of ONNX Runtime spin while they wait for work, which answers a little sooner and takes the core away
    /// from everything else. The default is <see langword="false"/>. Without effect where <see cref="IntraOpThreads"/> is 1.
    /// </summary>
    public bool AllowSpinning { get; set; }

    /// <summary>
    /// How long creating the extractor or classifier may take to prepare the model, and again for its trial run, above zero;
    /// <see cref="Timeout.InfiniteTimeSpan"/> sets no limit. The default is <see langword="null"/>: one minute each, but two
    /// seconds for the trial run of a model with loops, as those may never end.
    /// </summary>
    /// <remarks>The limit takes effect between two operators of the model: a single one is not interrupted.</remarks>
    public TimeSpan? LoadTimeLimit { get; set; }

    /// <summary>
    /// Called with the session's options last, after everything else is set: the place to append an execution provider. The
    /// default is <see langword="null"/>: the model runs on the CPU.
    /// </summary>
    public Action<SessionOptions>? ConfigureSession { get; set; }

    /// <summary>The same options, which later changes to these do not reach.</summary>
    internal OnnxModelOptions Copy() => (OnnxModelOptions)MemberwiseClone();

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBatchSize, 1, nameof(MaxBatchSize));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBatchSize, ImageModel.LargestBatch, nameof(MaxBatchSize));
        ParallelDegree.ThrowIfInvalid(IntraOpThreads, nameof(IntraOpThreads));
        if (LoadTimeLimit is TimeSpan limit && limit != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(LoadTimeLimit));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimeSpan.FromMilliseconds(int.MaxValue), nameof(LoadTimeLimit));
        }
    }
}
