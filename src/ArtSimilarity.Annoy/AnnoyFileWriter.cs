using ArtSimilarity.Annoy.Nodes;
using ArtSimilarity.IndexFiles;
using ArtSimilarity.Indexing;
using ArtSimilarity.Parallelism;

namespace ArtSimilarity.Annoy;

/// <summary>
/// Writes files that spotify/annoy opens and searches (angular metric), with trees built by Annoy's own algorithm.
/// </summary>
/// <remarks>
/// The bytes depend on the vectors, their ids, the number of trees and the seed only: not on threads or instruction sets. Vectors
/// are not copied: beside them a build needs 12 bytes per vector, and per thread one tree, of about 9 bytes per vector and its planes.
/// </remarks>
public static class AnnoyFileWriter
{
    private const int BufferLength = 1 << 20, MaxTreeCount = 1 << 16;

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file, which is replaced whole once all is written and flushed to the disk; until then one that exists stays as it is.</param>
    /// <param name="vectors">
    /// The vectors. Their ids become Annoy's item numbers, and the file has room for every number up to the highest: where many are
    /// missing, see <see cref="AnnoyFileWriterOptions.Renumber"/>. A zero vector is kept, and is equally far from everything.
    /// </param>
    /// <param name="options">Trees, seed, threads; <see langword="null"/> takes the defaults.</param>
    /// <param name="progress">Told how much is done, from 0 to 1, never less than before; the last report, as the call ends, is 1. Possibly on another thread.</param>
    /// <param name="cancellationToken">Cancels; nothing is left behind.</param>
    /// <exception cref="ArgumentException">An id occurs twice, or a file would need more nodes than the 2³¹ − 1 that Annoy can number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range, or the vectors have more than 2²⁸ dimensions.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public static void Write(
        string path, VectorSet vectors, AnnoyFileWriterOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Write(path, vectors, options ?? new AnnoyFileWriterOptions(), int.MaxValue, progress, cancellationToken);

    internal static void Write(
        string path, VectorSet vectors, AnnoyFileWriterOptions options, int maxNodes, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vectors.Dimensions, AnnoyFile.MaxDimensions, nameof(vectors));
        ThrowUnless(options.TreeCount is >= 1 and <= MaxTreeCount, nameof(AnnoyFileWriterOptions.TreeCount), options.TreeCount);
        ParallelDegree.ThrowIfInvalid(options.MaxDegreeOfParallelism, nameof(AnnoyFileWriterOptions.MaxDegreeOfParallelism));
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Annoy's files hold numbers as a little-endian processor does.");
        }

        var items = new AnnoyItems(vectors, options.Renumber);
        string full = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():n}.tmp");
        IndexFileWriter.RemoveLeftovers(full);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferLength))
            {
                WriteNodes(new AnnoyNodeWriter(stream, items, maxNodes), items, options, progress, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        progress?.Report(1);
    }

    private static void WriteNodes(AnnoyNodeWriter nodes, AnnoyItems items, AnnoyFileWriterOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        nodes.WriteItems(options.TreeCount, cancellationToken);
        int threads = ParallelDegree.Threads(options.MaxDegreeOfParallelism);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };

        // As many trees at a time as there are threads: what is not written yet stays small, and the file is in the order of the trees.
        AnnoyTree[] trees = new AnnoyTree[Math.Min(threads, options.TreeCount)];
        int written = 0;
        while (written < options.TreeCount)
        {
            int first = written, count = Math.Min(trees.Length, options.TreeCount - first);
            Parallel.For(0, count, parallel, i =>
                trees[i] = AnnoyTreeBuilder.Build(items, nodes.LeafCapacity, new TreeRandom(options.Seed, first + i), cancellationToken));
            for (int i = 0; i < count; i++)
            {
                nodes.WriteTree(trees[i], options.TreeCount - written++);
                progress?.Report(written / (options.TreeCount + 1.0));
            }
        }

        nodes.WriteRoots();
    }

    private static void ThrowUnless(bool valid, string name, object value)
    {
        if (!valid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(AnnoyFileWriterOptions)}.{name} is {value}, outside its range.");
        }
    }
}
