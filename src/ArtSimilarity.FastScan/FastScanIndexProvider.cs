using System.Globalization;
using ArtSimilarity.FastScan.Files;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.FastScan;

/// <summary>Builds and opens <see cref="FastScanIndex"/>es.</summary>
/// <remarks>Safe to use from several threads at once.</remarks>
public sealed class FastScanIndexProvider : IVectorIndexProvider
{
    internal const string IndexName = "fastscan";
    private readonly FastScanIndexOptions _options;

    /// <summary>Creates a provider.</summary>
    /// <param name="options">How to build, open and search; <see langword="null"/> takes the defaults. Copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public FastScanIndexProvider(FastScanIndexOptions? options = null) => _options = (options ?? new FastScanIndexOptions()).CopyChecked();

    /// <summary><c>fastscan</c>.</summary>
    public string Name => IndexName;

    /// <summary>Leaf size and seed.</summary>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"leaf {_options.LeafSize?.ToString(CultureInfo.InvariantCulture) ?? "sqrt"} seed {_options.Seed}");

    /// <summary>Angular only.</summary>
    /// <param name="metric">The metric.</param>
    /// <returns>Whether it is <see cref="SimilarityMetrics.Angular"/>.</returns>
    public bool Supports(ISimilarityMetric metric) => metric == SimilarityMetrics.Angular;

    /// <summary>Builds an index.</summary>
    /// <param name="vectors">The vectors and their ids; not changed, and not needed once the build has ended.</param>
    /// <param name="metric">The angular metric.</param>
    /// <param name="path">The file to write, atomically replacing any that exists; <see langword="null"/> keeps the index in memory.</param>
    /// <param name="stamp">Free text kept in the file, to tell later what it was built from.</param>
    /// <param name="progress">Told how much of the build is done, from 0 to 1, never less than before; the last report, as the build ends, is 1. Possibly on another thread.</param>
    /// <param name="cancellationToken">Cancels the build; an existing file stays as it was.</param>
    /// <returns>The open index; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">An id occurs twice in <paramref name="vectors"/>.</exception>
    /// <exception cref="NotSupportedException">The metric is not supported.</exception>
    public FastScanIndex Build(
        VectorSet vectors, ISimilarityMetric metric, string? path, string stamp, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(stamp);
        if (!Supports(metric))
        {
            throw new NotSupportedException($"A FastScan index orders by the metric angular only, not by {metric.Name}. The exact scan of FlatIndex orders by any metric.");
        }

        IndexPlace.ThrowUnlessLittleEndian();
        return FastScanIndex.Build(vectors, path, stamp, _options, progress, cancellationToken);
    }

    /// <summary>Opens a file that <see cref="Build"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <returns>A <see cref="FastScanIndex"/>, and the stamp it was built with.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="VectorIndexFileException">The file is truncated, damaged, of another kind or of a newer version.</exception>
    public OpenedVectorIndex Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        IndexPlace.ThrowUnlessLittleEndian();
        return FastScanIndex.Open(path, _options);
    }

    /// <summary>Reads a tuning that a gallery kept.</summary>
    /// <param name="text">What <see cref="FastScanTuning.ToString"/> wrote.</param>
    /// <returns>A <see cref="FastScanTuning"/>.</returns>
    /// <exception cref="FormatException">The text is none; the message says where.</exception>
    public VectorIndexTuning ParseTuning(string text) => FastScanTuning.Parse(text);

    /// <inheritdoc/>
    public ValueTask<IVectorIndex> BuildAsync(
        VectorSet vectors, ISimilarityMetric metric, VectorIndexLocation location, string stamp, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        return new(Build(vectors, metric, IndexPlace.ToWrite(location, Name), stamp, progress, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<OpenedVectorIndex?> OpenAsync(VectorIndexLocation location, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(IndexPlace.OpenIfThere(location, Name, Open));
    }
}
