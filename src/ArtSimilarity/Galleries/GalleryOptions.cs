using ArtSimilarity.Metrics;
using ArtSimilarity.Parallelism;

namespace ArtSimilarity.Galleries;

/// <summary>How a <see cref="Gallery"/> works; copied when the gallery is created.</summary>
public sealed class GalleryOptions
{
    /// <summary>What logs, measurements and health checks call the gallery.</summary>
    /// <value>The default is <c>gallery</c>. A gallery that a host registers under a name has that name.</value>
    public string Name { get; set; } = "gallery";

    /// <summary>
    /// The metric neighbours are ordered by: one of <see cref="SimilarityMetrics"/> or your own. An index must support it; the FastScan
    /// and Annoy indexes support <see cref="SimilarityMetrics.Angular"/> only.
    /// </summary>
    /// <value>The default is <see cref="SimilarityMetrics.Angular"/>.</value>
    public ISimilarityMetric Metric { get; set; } = SimilarityMetrics.Angular;

    /// <summary>
    /// How many batches of added works are decoded and extracted at the same time, by as many threads of the run's own. They are not counted in
    /// <see cref="MaxConcurrentExtractions"/>: a host that adds works while it answers searches by image leaves processors for these.
    /// </summary>
    /// <value>At least 1, or −1, the default, for the number of processors.</value>
    public int MaxDegreeOfParallelism { get; set; } = -1;

    /// <summary>
    /// How many searches compute at the same time; the others wait their turn, in the order in which they came, without keeping a thread.
    /// More threads than processors make every search slower, and some of them very slow.
    /// </summary>
    /// <value>At least 1, or −1, the default, for the number of processors.</value>
    public int MaxConcurrentSearches { get; set; } = -1;

    /// <summary>
    /// How many searches decode and extract their image at the same time, by as many threads of the gallery's own. The others wait their turn,
    /// in the order in which they came, with their encoded image in memory and without keeping a thread. A host whose decoder and extractors
    /// wait for other machines instead of computing allows more.
    /// </summary>
    /// <value>At least 1, or −1, the default, for the number of processors.</value>
    public int MaxConcurrentExtractions { get; set; } = -1;

    /// <summary>How many images are extracted and committed together.</summary>
    /// <value>The default is 16.</value>
    public int BatchSize { get; set; } = 16;

    /// <summary>The longest encoded image accepted, in bytes.</summary>
    /// <value>The default is 256 MiB.</value>
    public long MaxImageBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// With fewer signatures than this an exact scan answers, and no approximate index is built. With as many or more it is built in
    /// the background, begun by the first search or <see cref="Gallery.PrepareAsync"/>; until it is there the exact scan answers, with all
    /// signatures in memory.
    /// </summary>
    /// <value>The default is 2,000.</value>
    public int ApproximateFrom { get; set; } = 2000;

    /// <summary>
    /// An approximate index is rebuilt when the signatures added and removed since its build exceed this share of it. Until the new one
    /// takes its place, it answers: added ones are searched beside it and removed ones are masked.
    /// </summary>
    /// <value>The default is 0.2.</value>
    public double RebuildShare { get; set; } = 0.2;

    /// <summary>A copy that later changes do not reach, once it is sure that every value is in range; −1 is resolved to the number of processors.</summary>
    internal GalleryOptions CopyChecked()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Name);
        ArgumentNullException.ThrowIfNull(Metric);
        ArgumentException.ThrowIfNullOrWhiteSpace(Metric.Name);
        ParallelDegree.ThrowIfInvalid(MaxDegreeOfParallelism, nameof(MaxDegreeOfParallelism));
        ParallelDegree.ThrowIfInvalid(MaxConcurrentSearches, nameof(MaxConcurrentSearches));
        ParallelDegree.ThrowIfInvalid(MaxConcurrentExtractions, nameof(MaxConcurrentExtractions));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxImageBytes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(ApproximateFrom);
        if (!(RebuildShare >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(RebuildShare), RebuildShare, "The share must be 0 or above.");
        }

        var copy = (GalleryOptions)MemberwiseClone();
        copy.MaxDegreeOfParallelism = ParallelDegree.Threads(MaxDegreeOfParallelism);
        copy.MaxConcurrentSearches = ParallelDegree.Threads(MaxConcurrentSearches);
        copy.MaxConcurrentExtractions = ParallelDegree.Threads(MaxConcurrentExtractions);
        return copy;
    }
}
