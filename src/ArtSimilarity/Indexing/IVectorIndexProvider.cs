using ArtSimilarity.Metrics;

namespace ArtSimilarity.Indexing;

/// <summary>
/// Builds and opens an index that is derived from a gallery's signatures, in this process or in a server. What it keeps may be deleted
/// at any time: the gallery rebuilds what is missing, stale or damaged.
/// </summary>
/// <remarks>
/// Safe to use from several threads at once. A provider of indexes in this process computes on the calling thread, and its tasks are
/// complete when the call returns. A gallery builds on a thread of its own.
/// </remarks>
public interface IVectorIndexProvider
{
    /// <summary>A short lower-case name of letters and digits, such as <c>fastscan</c>. Files have it as their extension.</summary>
    string Name { get; }

    /// <summary>Names, as free text, every setting that the content of an index depends on; an index of other settings is built anew.</summary>
    string Settings { get; }

    /// <summary>Whether indexes can be built for a metric.</summary>
    /// <param name="metric">The metric.</param>
    /// <returns>Whether <see cref="BuildAsync"/> accepts it.</returns>
    bool Supports(ISimilarityMetric metric);

    /// <summary>Builds an index and keeps it, in the place of any that was kept there. Whoever uses that one goes on with it.</summary>
    /// <param name="vectors">The vectors and their ids; not changed, and not needed once the build has ended.</param>
    /// <param name="metric">The metric to order neighbours by.</param>
    /// <param name="location">Where it is kept. An index in this process is kept in memory only when no directory is named.</param>
    /// <param name="stamp">Free text kept with the index, to tell later what it was built from.</param>
    /// <param name="progress">Told how much of the build is done, from 0 to 1, never less than before; the last report, as the build ends, is 1. Possibly on another thread.</param>
    /// <param name="cancellationToken">Cancels the build; what was kept before stays as it was.</param>
    /// <returns>The open index; the caller disposes it.</returns>
    /// <exception cref="NotSupportedException">The metric is not supported.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    ValueTask<IVectorIndex> BuildAsync(
        VectorSet vectors,
        ISimilarityMetric metric,
        VectorIndexLocation location,
        string stamp,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default);

    /// <summary>Opens an index that <see cref="BuildAsync"/> kept.</summary>
    /// <param name="location">Where it was kept.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The index and its stamp; <see langword="null"/> when there is none.</returns>
    /// <exception cref="VectorIndexFileException">What is there is truncated, damaged, of another kind or of a newer version.</exception>
    ValueTask<OpenedVectorIndex?> OpenAsync(VectorIndexLocation location, CancellationToken cancellationToken = default);

    /// <summary>Reads a tuning of its indexes from the text that a gallery kept.</summary>
    /// <param name="text">What <see cref="VectorIndexTuning.ToString"/> wrote, possibly in an earlier version.</param>
    /// <returns>The tuning.</returns>
    /// <exception cref="FormatException">The text is no tuning of this kind of index; the message says where.</exception>
    /// <exception cref="NotSupportedException">The indexes of this provider, like those of most, cannot be tuned.</exception>
    VectorIndexTuning ParseTuning(string text) => throw new NotSupportedException($"The index '{Name}' cannot be tuned.");
}
