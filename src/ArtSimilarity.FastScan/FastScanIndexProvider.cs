using System.Globalization;
using ArtSimilarity.Indexing;
using ArtSimilarity.Metrics;

namespace ArtSimilarity.FastScan;

/// <summary>Builds and opens <see cref="FastScanIndex"/>es.</summary>
/// <remarks>Safe to use from several threads at once.</remarks>
public sealed class FastScanIndexProvider : IVectorIndexProvider
{
    private readonly FastScanIndexOptions _options;

    /// <summary>Creates a provider.</summary>
    /// <param name="options">How to build, open and search; <see langword="null"/> takes the defaults. Copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public FastScanIndexProvider(FastScanIndexOptions? options = null) => _options = (options ?? new FastScanIndexOptions()).CopyChecked();

    /// <summary><c>fastscan</c>, the extension of the files.</summary>
    public string Name => "fastscan";

    /// <summary>Leaf size and seed.</summary>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"leaf {_options.LeafSize?.ToString(CultureInfo.InvariantCulture) ?? "sqrt"} seed {_options.Seed}");

    /// <summary>Angular only.</summary>
    /// <param name="metric">The metric.</param>
    /// <returns>Whether it is <see cref="SimilarityMetrics.Angular"/>.</returns>
    public bool Supports(ISimilarityMetric metric) => metric == SimilarityMetrics.Angular;

    /// <inheritdoc cref="IVectorIndexProvider.Build"/>
    /// <exception cref="ArgumentException">An id occurs twice in <paramref name="vectors"/>.</exception>
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

        ThrowUnlessLittleEndian();
        return FastScanIndex.Build(vectors, path, stamp, _options, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public OpenedVectorIndex Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ThrowUnlessLittleEndian();
        return FastScanIndex.Open(path, _options);
    }

    ILocalVectorIndex IVectorIndexProvider.Build(
        VectorSet vectors, ISimilarityMetric metric, string? path, string stamp, IProgress<double>? progress, CancellationToken cancellationToken) =>
        Build(vectors, metric, path, stamp, progress, cancellationToken);

    /// <summary>Files are little-endian and mapped as they are.</summary>
    private static void ThrowUnlessLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Index files are mapped as they are, which takes a little-endian processor.");
        }
    }
}
