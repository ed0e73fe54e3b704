using ArtSimilarity.Metrics;

namespace ArtSimilarity.Indexing;

/// <summary>
/// Builds and opens an index that is derived from a gallery's signatures. Its files may be deleted at any time: the gallery
/// rebuilds what is missing, stale or damaged.
/// </summary>
public interface IVectorIndexProvider
{
    /// <summary>A short lower-case name, the extension of the files written: <c>fastscan</c>.</summary>
    string Name { get; }

    /// <summary>Names, as free text, every setting that the content of a file depends on; a file of other settings is built anew.</summary>
    string Settings { get; }

    /// <summary>Whether indexes can be built for a metric.</summary>
    /// <param name="metric">The metric.</param>
    /// <returns>Whether <see cref="Build"/> accepts it.</returns>
    bool Supports(ISimilarityMetric metric);

    /// <summary>Builds an index.</summary>
    /// <param name="vectors">The vectors and their ids; not changed, and not needed once the build has ended.</param>
    /// <param name="metric">The metric to order neighbours by.</param>
    /// <param name="path">The file to write, atomically replacing any that exists; <see langword="null"/> keeps the index in memory.</param>
    /// <param name="stamp">Free text kept in the file, to tell later what it was built from.</param>
    /// <param name="progress">Told how much of the build is done, from 0 to 1, never less than before; the last report, as the build ends, is 1. Possibly on another thread.</param>
    /// <param name="cancellationToken">Cancels the build; an existing file stays as it was.</param>
    /// <returns>The open index; the caller disposes it.</returns>
    /// <exception cref="NotSupportedException">The metric is not supported.</exception>
    ILocalVectorIndex Build(
        VectorSet vectors, ISimilarityMetric metric, string? path, string stamp, IProgress<double>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Opens a file that <see cref="Build"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The index, the stamp it was built with and the ids it was built over.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="VectorIndexFileException">The file is truncated, damaged, of another kind or of a newer version.</exception>
    OpenedVectorIndex Open(string path);
}
